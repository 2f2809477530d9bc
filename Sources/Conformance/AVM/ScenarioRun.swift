import Bytes
import ConformanceKit
import Field
import Glibc
import JSON
import Protocol
import PublicExecution

/// One scenario file, step by step.
struct ScenarioRun {
    let file: String
    let root: JSONElement
    let executor: TransactionExecutor
    let state: RecordedState
    var globals: GlobalVariables
    let options: ExecutionOptions
    /// A letter for each transaction, as the set's index has it.
    private(set) var outcomes = ""

    init(_ root: JSONElement, file: String, directories: [String], executor: TransactionExecutor) throws {
        self.file = file
        self.root = root
        self.executor = executor
        state = try RecordedState(try RecordedContracts(root, directories: directories))
        globals = try root.member("globals").globals()
        options = ExecutionOptions(skipsFeeEnforcement: try root.member("flags").member("skipFeeEnforcement").bool ?? false)
    }

    typealias Visit = (Tx, GlobalVariables, ExecutionOptions, RecordedState) -> Void

    /// - Parameter visit: sees each transaction and the state before it.
    mutating func run(_ report: inout ConformanceReport, visit: Visit = { _, _, _, _ in }) throws {
        try checkRoots(try root.member("initialRoots"), "start", &report)
        for (number, step) in try root.member("steps").elements.enumerated() {
            switch try step.member("op").text() {
            case "registerClass": try state.contracts.registerClass(try step.member("class").number())
            case "registerInstance": try state.contracts.registerInstance(try step.member("instance").number())
            case "write": try state.write(step)
            case "newBlock":
                globals = try step.member("globals").globals()
                state.contracts.beginBlock()
            case "simulateTx":
                visit(try Tx(exactly: try step.member("tx").bytes()), globals, options, state)
                try execute(step, "\(number) \(step["label"]?.string ?? "")", &report)
            case let op: throw Vectors.Failure("step \(number): unknown op «\(op)»")
            }
        }
    }

    private func checkRoots(_ expected: JSONElement, _ name: String, _ report: inout ConformanceReport) throws {
        let trees = try state.snapshots()
        let all = [
            ("l1ToL2MessageTree", trees.l1ToL2MessageTree), ("noteHashTree", trees.noteHashTree), ("nullifierTree", trees.nullifierTree),
            ("publicDataTree", trees.publicDataTree), ("archive", try state.archive()),
        ]
        for (tree, got) in all {
            report.check(file: file, case: "\(name): \(tree)", expected: try expected.member(tree).snapshot(), got: got)
        }
    }

    private mutating func execute(_ step: JSONElement, _ name: String, _ report: inout ConformanceReport) throws {
        let tx = try Tx(exactly: try step.member("tx").bytes())
        let hash = tx.hash()
        report.check(file: file, case: "\(name): hash", expected: try step.member("txHash").field(), got: hash.field)
        let start = try state.snapshots()
        let failure: String
        do throws(ExecutionFailure) {
            let executed = try executor.execute(tx, hash: hash, globals: globals, base: state, options: options)
            outcomes += "\(executed.effect.revertCode.rawValue)"
            do {
                try commit(executed, of: tx, start: start, step: step, name, &report)
            } catch {
                report.fail(file: file, case: name, expected: "a comparison", got: "\(error)")
            }
            return
        } catch {
            switch error {
            case .dropped(let reason, _): failure = reason
            case .interrupted, .unavailable: throw Vectors.Failure("\(name): \(error)")
            }
        }
        outcomes += "T"
        guard let throwing = step["throws"] else {
            report.fail(file: file, case: "\(name): outcome", expected: "effects", got: "dropped: \(failure)")
            return
        }
        report.pass()
        Messages.compare(throwing["message"]?.string, failure, "\(file) [\(name)]", &report)
        try checkRoots(try step.member("rootsAfter"), name, &report)
    }

    private func commit(
        _ executed: ExecutedTx, of tx: Tx, start: TreeSnapshots, step: JSONElement, _ name: String, _ report: inout ConformanceReport
    ) throws {
        guard let expected = step["expected"] else {
            report.fail(
                file: file, case: "\(name): outcome", expected: "dropped: \(step["throws"]?["message"]?.string ?? "")",
                got: "effects with revert code \(executed.effect.revertCode.rawValue)")
            return
        }
        try state.apply(executed.diff)
        state.contracts.commit(executed.diff.contracts)
        try TxComparison(file: file, name: name, expected: expected).run(executed, &report)
        try checkRoots(try expected.member("rootsAfter"), name, &report)
        guard tx.data.isForPublic else { return }
        let inputs = AvmCircuitPublicInputs(tx, executed, globals: globals, start: start, end: try state.snapshots())
        report.check(
            file: file, case: "\(name): public inputs", expected: try expected.member("publicInputsHex").bytes(), got: inputs.serialized)
    }
}

/// Texts of errors are shown to users only: another text is no failure («README of the set»).
enum Messages {
    /// Set QUETZAL_LIST_MESSAGES to see them.
    static let listed = getenv("QUETZAL_LIST_MESSAGES") != nil

    static func compare(_ expected: String?, _ got: String?, _ name: @autoclosure () -> String, _ report: inout ConformanceReport) {
        let lines = [expected, got].map { $0?.split(separator: "\n").first.map { String($0.prefix(150)) } }
        if lines[0].map(trimmed) == lines[1].map(trimmed) {
            report.pass()
        } else {
            report.skip("messages in other words (informative)")
            if listed { print("message of \(name()): «\(expected ?? "none")», here «\(got ?? "none")»") }
        }
    }

    private static func trimmed(_ text: String?) -> String? {
        text.map { text in
            var text = text[...]
            while text.last == " " { text.removeLast() }
            return String(text)
        }
    }
}
