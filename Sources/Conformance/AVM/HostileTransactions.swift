import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution

extension AVMConformance {
    /// What mutated transactions came to.
    package struct Outcomes: Equatable {
        package var executed = 0
        package var reverted = 0
        package var dropped = 0
    }

    /// Executes mutated forms of recorded transactions of the scenarios in `directory`, `count` of each, on the state
    /// before them: of every `fileStride`th file every `stride`th transaction. Every one must have an outcome, twice the same, which follows from its read set alone.
    package static func runMutated(
        directory: String, count: Int, every stride: Int, ofEvery fileStride: Int, random: some RandomNumberGenerator, report: inout ConformanceReport
    ) throws -> Outcomes {
        let executor = TransactionExecutor()
        var outcomes = Outcomes()
        var random = random
        for (place, path) in try Vectors.files(in: directory, recursive: true).enumerated() where place % fileStride == 0 {
            let root = try Vectors.json(path).root
            guard root["steps"] != nil else { continue }
            let file = Vectors.name(path)
            var scenario = try ScenarioRun(root, file: file, directories: directories(directory, path), executor: executor)
            let addresses = try root.member("contractInstances").elements.map { try $0.member("address").address() }
            var mutation = TxMutation(random: random, addresses: addresses)
            var number = 0
            // The recorded results themselves are the set's business.
            var recorded = ConformanceReport()
            recorded.printLimit = 0
            try scenario.run(&recorded) { tx, globals, options, state in
                number += 1
                guard number % stride == 0 else { return }
                for round in 0...count {
                    let mutated = round == 0 ? tx : mutation.mutate(tx)
                    let trial = Trial(executor: executor, tx: mutated, globals: globals, options: options, state: state)
                    trial.run(file, "transaction \(number), mutation \(round)", &outcomes, &report)
                }
            }
            random = mutation.random
        }
        return outcomes
    }
}

/// One transaction executed on the state and on its own read set.
private struct Trial {
    let executor: TransactionExecutor
    let tx: Tx
    let globals: GlobalVariables
    let options: ExecutionOptions
    let state: RecordedState

    private struct Result: Equatable {
        var effect: TxEffect?
        var diff: TxDiff?
        var gasUsed: GasUsed?
        var readSet: ReadSet?
        var failure: String?
        var inputs: AvmAccumulatedData?
    }

    private func result(on base: any ExecutionBase) -> Result {
        do throws(ExecutionFailure) {
            let executed = try executor.execute(tx, hash: .zero, globals: globals, base: base, options: options)
            return Result(
                effect: executed.effect, diff: executed.diff, gasUsed: executed.gasUsed, readSet: executed.readSet,
                inputs: executed.accumulatedData)
        } catch {
            switch error {
            case .dropped(let reason, let readSet): return Result(readSet: readSet, failure: "dropped: \(reason)")
            case .interrupted: return Result(failure: "interrupted")
            case .unavailable(let reason): return Result(failure: "unavailable: \(reason)")
            }
        }
    }

    func run(_ file: String, _ name: String, _ outcomes: inout AVMConformance.Outcomes, _ report: inout ConformanceReport) {
        let first = result(on: state)
        guard let readSet = first.readSet else {
            report.fail(file: file, case: name, expected: "an outcome", got: first.failure ?? "none")
            return
        }
        switch first.effect?.revertCode {
        case nil: outcomes.dropped += 1
        case .ok: outcomes.executed += 1
        default: outcomes.reverted += 1
        }
        report.check(file: file, case: name, expected: first, got: result(on: ReadSetBase(readSet, state)))
        if let effect = first.effect { report.check(file: file, case: "\(name): violation", expected: nil, got: effect.violation) }
    }
}
