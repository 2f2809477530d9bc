import AVM
import Bytes
import ConformanceKit
import Field
import Hashing
import JSON
import Protocol
import PublicExecution
import WorldState

/// One file of generated programs: each line from the same base state.
struct FuzzRun {
    let file: String
    let executor: TransactionExecutor
    let state: RecordedState
    let globals: GlobalVariables
    let template: Tx
    let address: AztecAddress
    let options: ExecutionOptions
    /// A checkpoint for each line: its tree effects are taken back.
    private let start: TreeSnapshots

    init(header: JSONElement, file: String, directories: [String], executor: TransactionExecutor) throws {
        self.file = file
        self.executor = executor
        state = try RecordedState(try RecordedContracts(header, directories: directories))
        globals = try header.member("globals").globals()
        template = try Tx(exactly: try header.member("templateTx").bytes())
        address = try header.member("fuzzAddress").address()
        options = ExecutionOptions(skipsFeeEnforcement: try header.member("flags").member("skipFeeEnforcement").bool ?? false)
        for step in try header.member("steps").elements {
            switch try step.member("op").text() {
            case "registerClass": try state.contracts.registerClass(try step.member("class").number())
            case "registerInstance": try state.contracts.registerInstance(try step.member("instance").number())
            case "write": try state.write(step)
            case let op: throw Vectors.Failure("header: unknown op «\(op)»")
            }
        }
        start = try state.snapshots()
    }

    func checkBase(_ header: JSONElement, _ report: inout ConformanceReport) throws {
        let roots = try header.member("baseRoots")
        report.check(file: file, case: "base: note hashes", expected: try roots.member("noteHashTree").snapshot(), got: start.noteHashTree)
        report.check(file: file, case: "base: nullifiers", expected: try roots.member("nullifierTree").snapshot(), got: start.nullifierTree)
        report.check(file: file, case: "base: public data", expected: try roots.member("publicDataTree").snapshot(), got: start.publicDataTree)
        report.check(file: file, case: "base: messages", expected: try roots.member("l1ToL2MessageTree").snapshot(), got: start.l1ToL2MessageTree)
    }

    /// The lines were recorded in one fork of the reference, under checkpoints that were reverted. Its node cache does not
    /// go back: zeros that an earlier line padded the note hash tree with may still be found behind the end of the tree,
    /// depending on what was stored last under an equal hash («note 04 §7», getLeafValue; the world state's set has the
    /// same). A line that asks for one is right when it is with either answer.
    func run(_ line: JSONElement, _ report: inout ConformanceReport) throws {
        state.wasReadBehindTheEnd = false
        var attempt = report
        attempt.printLimit = 0
        try execute(line, &attempt)
        if attempt.failed > report.failed && state.wasReadBehindTheEnd {
            state.readsBehindTheEndAsZero = true
            defer { state.readsBehindTheEndAsZero = false }
            attempt = report
            attempt.printLimit = 0
            try execute(line, &attempt)
            if attempt.failed == report.failed {
                attempt.skip("zeros that the reference finds behind the end of the note hash tree (informative)")
            }
        }
        guard attempt.failed == report.failed else { return try execute(line, &report) }
        attempt.printLimit = report.printLimit
        report = attempt
    }

    private func execute(_ line: JSONElement, _ report: inout ConformanceReport) throws {
        let classId = try line.member("cls").field()
        state.contracts.register(ExecutableClass(id: classId, program: Program(try line.member("p").bytes())))
        state.contracts.register(
            ContractInstance(
                salt: .zero, deployer: AztecAddress(0x2a), currentContractClassId: classId, originalContractClassId: classId,
                initializationHash: .zero, publicKeys: .default),
            at: address)
        defer { state.contracts.unregister(classId, address) }
        let tx = try transaction(line)
        let name = "program \(line["i"]?.int ?? -1)"
        let executed: ExecutedTx
        do throws(ExecutionFailure) {
            executed = try executor.execute(tx, hash: .zero, globals: globals, base: state, options: options)
        } catch {
            guard case .dropped(let reason, _) = error else { throw Vectors.Failure("\(name): \(error)") }
            guard let throwing = line["throws"] else {
                report.fail(file: file, case: "\(name): outcome", expected: "effects", got: "dropped: \(reason)")
                return
            }
            report.pass()
            Messages.compare(throwing["message"]?.string, reason, "\(file) [\(name)]", &report)
            return
        }
        guard line["throws"] == nil else {
            report.fail(
                file: file, case: "\(name): outcome", expected: "dropped: \(line["throws"]?["message"]?.string ?? "")",
                got: "effects with revert code \(executed.effect.revertCode.rawValue)")
            return
        }
        try compare(executed, of: tx, line, name, &report)
    }

    private func compare(_ executed: ExecutedTx, of tx: Tx, _ line: JSONElement, _ name: String, _ report: inout ConformanceReport) throws {
        func check<T: Equatable>(_ what: String, _ expected: T, _ got: T) {
            report.check(file: file, case: "\(name): \(what)", expected: expected, got: got)
        }
        func check<T: Equatable>(_ what: String, _ expected: [T], _ got: [T]) {
            report.check(file: file, case: "\(name): \(what)", expected: expected, got: got)
        }
        let gas = executed.gasUsed.publicGas, effect = executed.effect
        check("revert code", try line.member("rc").number(), Int(effect.revertCode.rawValue))
        check("gas", try line.member("g").elements.map { try $0.number() }, [Int(gas.daGas), Int(gas.l2Gas)])
        check("instructions", try line.member("n").number(), executed.statistics.instructions)
        check("output", try line.member("ret").fields(), executed.phases.first?.calls.first?.output ?? [])
        check(
            "effects", try line.member("fx").elements.map { try $0.number() },
            [effect.noteHashes.count, effect.nullifiers.count, effect.l2ToL1Msgs.count, effect.publicLogs.count, effect.publicDataWrites.count])
        if let message = line["e"]?.string {
            Messages.compare(message, executed.revertReason.map { String($0.message.prefix(message.count)) }, "\(file) [\(name)]", &report)
        }
        try state.fork.createCheckpoint()
        try state.apply(executed.diff)
        let end = try state.snapshots()
        try state.fork.revertCheckpoint()
        check("roots", try line.member("roots").fields(), [end.noteHashTree.root, end.nullifierTree.root, end.publicDataTree.root])
        let inputs = AvmCircuitPublicInputs(tx, executed, globals: globals, start: start, end: end)
        check("public inputs", try line.member("pi").text(), Hex.encode(SHA256.hash(inputs.serialized)))
    }

    /// The template with the line's calldata, gas limits and kind of call.
    private func transaction(_ line: JSONElement) throws -> Tx {
        guard case .forPublic(var parts) = template.data.destination, let da = UInt32(exactly: try line.member("da").number()),
            let l2 = UInt32(exactly: try line.member("l2").number())
        else { throw Vectors.Failure("\(file): template or gas") }
        var tx = template
        let calldata = HashedValues(calldata: try line.member("c").fields())
        tx.publicFunctionCalldata = [calldata]
        var call = parts.revertibleAccumulatedData.publicCallRequests[0]
        call.calldataHash = calldata.hash
        call.isStaticCall = line["st"]?.int == 1
        parts.revertibleAccumulatedData.publicCallRequests[0] = call
        tx.data.destination = .forPublic(parts)
        tx.data.constants.txContext.gasSettings.gasLimits = Gas(daGas: da, l2Gas: l2)
        return tx
    }
}
