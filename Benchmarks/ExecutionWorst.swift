import AVM
import Bytes
import Field
import Glibc
import Hashing
import Protocol
import PublicExecution
import WorldState
import WorstPrograms

/// Runs one program after the other as a transaction with 6 million gas, on a chain where everything is still to be read.
final class WorstCase: ExecutionBase {
    private let recorded: RecordedTx
    private let tx: Tx
    private let classID = Fr(0x3012_57)
    private let instance: ContractInstance
    private var stored: StoredBase
    private var program = Program([])
    private var executor = TransactionExecutor()

    struct Result {
        /// Processor time of this thread, milliseconds.
        var milliseconds: Double
        /// What it added to the process's resident memory at most.
        var megabytes: Double
        var instructions: Int
        var outcome: String
    }

    init(vectors directory: String, timeout: Double = 2000) throws {
        var found: RecordedTx?
        try ExecutionScenario("recursion", in: directory).run(["self-call-full"]) { found = $0 }
        guard let found else { throw PipelineBenchmark.Failure("no transaction to start from") }
        recorded = found
        tx = try Tx(exactly: found.bytes)
        instance = ContractInstance(
            salt: .zero, deployer: .zero, currentContractClassId: classID, originalContractClassId: classID, initializationHash: .zero, publicKeys: .default)
        // Contracts that are there: with their deployment nullifiers.
        let contracts = (0..<WorstPrograms.contractCount).map { Fr(WorstPrograms.firstContract + UInt64($0)) } + [WorstPrograms.ownAddress.field]
        let nullifiers = contracts.map { Siloing.nullifier($0, contract: ProtocolContracts.instanceDeployer.field) }
        for start in stride(from: 0, to: nullifiers.count, by: 4096) {
            let part = Array(nullifiers[start..<min(start + 4096, nullifiers.count)])
            try found.chain.append(stride(from: 0, to: part.count, by: 64).map {
                TxLeaves(noteHashes: [], nullifiers: Array(part[$0..<min($0 + 64, part.count)]), publicDataWrites: [])
            })
        }
        for contract in contracts {
            try found.chain.register(
                ContractClassPublic(id: classID, artifactHash: .zero, privateFunctionsRoot: .zero, packedBytecode: [0x26]),
                ContractInstanceWithAddress(instance: instance, address: AztecAddress(contract)))
        }
        stored = try found.chain.base()
        self.timeout = timeout
    }

    private let timeout: Double

    func run(_ candidate: WorstProgram, measuresMemory: Bool = false) throws -> Result {
        stored = try recorded.chain.base()
        executor.forgetHashes()
        // Decoding is part of it.
        program = Program(candidate.bytecode)
        let tx = transaction(candidate)
        if measuresMemory { executor = TransactionExecutor() }
        let before = measuresMemory ? Self.resetPeak() : 0
        let start = Clock.thread.now()
        var outcome = "cut off"
        var instructions = 0
        let end = start + UInt64(timeout * 1e6)
        do throws(ExecutionFailure) {
            let executed = try executor.execute(
                tx, hash: TxHash(.zero), globals: recorded.globals, base: self, options: ExecutionOptions(skipsFeeEnforcement: true),
                isCancelled: { Clock.thread.now() > end })
            instructions = executed.statistics.instructions
            outcome = "code \(executed.effect.revertCode.rawValue), \(executed.gasUsed.publicGas.l2Gas) gas, \(executed.revertReason?.message.prefix(60) ?? "")"
        } catch {
            if case .dropped(let reason, _) = error { outcome = "dropped: \(reason.prefix(60))" }
            if case .unavailable(let reason) = error { throw reason }
        }
        let time = Double(Clock.thread.now() - start) / 1e6
        return Result(
            milliseconds: time, megabytes: measuresMemory ? Double(Self.peak() - before) / 1e6 : 0, instructions: instructions, outcome: outcome)
    }

    private func transaction(_ candidate: WorstProgram) -> Tx {
        guard case .forPublic(var parts) = tx.data.destination else { preconditionFailure("a transaction without public calls") }
        var tx = tx
        let calldata = HashedValues(calldata: [Fr(0x1234)] + candidate.arguments)
        tx.publicFunctionCalldata = [calldata]
        var call = parts.revertibleAccumulatedData.publicCallRequests[0]
        call.contractAddress = WorstPrograms.ownAddress
        call.calldataHash = calldata.hash
        parts.revertibleAccumulatedData.publicCallRequests[0] = call
        parts.nonRevertibleAccumulatedData.effects.nullifiers[0] = Fr(0xf125_7)
        tx.data.destination = .forPublic(parts)
        tx.data.constants.txContext.gasSettings.gasLimits = Gas(daGas: 100_000_000, l2Gas: tx.data.gasUsed.l2Gas + 6_000_000)
        return tx
    }

    // MARK: Memory

    /// Bytes resident now; the peak is counted from here.
    private static func resetPeak() -> Int {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY)
        if descriptor >= 0 {
            _ = write(descriptor, "5", 1)
            close(descriptor)
        }
        return status("VmRSS:")
    }

    private static func peak() -> Int { status("VmHWM:") }

    private static func status(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text.hasPrefix(name) { return (Int(text.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) ?? 0) * 1024 }
        }
        return 0
    }

    // MARK: ExecutionBase

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr { try stored.publicData(leafSlot) }
    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { try stored.hasNullifier(nullifier) }
    var noteHashCount: UInt64 { stored.noteHashCount }
    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { try stored.noteHash(at: index) }
    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { try stored.l1ToL2Message(at: index) }
    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { try stored.isArchived(headerHash) }
    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? { try stored.contractInstance(address) }
    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? {
        id == classID ? ExecutableClass(id: id, program: program) : try stored.contractClass(id)
    }
}

/// Every hand-written program: the slowest and the hungriest, and a row for each that comes near a bound.
func executionWorstBenchmarks() -> [BenchmarkRow] {
    guard let directory = vectorDirectory("avm") else { return [] }
    do {
        let worst = try WorstCase(vectors: directory)
        var rows: [BenchmarkRow] = []
        for program in WorstPrograms.all where BenchmarkOptions.shared.includes(program.name) {
            let memory = try worst.run(program, measuresMemory: true)
            var best = memory
            for _ in 0..<2 where best.milliseconds < 1000 {
                let again = try worst.run(program)
                if again.milliseconds < best.milliseconds { best = again }
            }
            rows.append(BenchmarkRow(
                "worst", program.name, best.milliseconds, "ms", target: 300,
                reference: "\((memory.megabytes * 10).rounded() / 10) MB; \(best.instructions) instructions; \(best.outcome)"))
        }
        return rows.sorted { $0.value > $1.value }
    } catch {
        print("execution-worst: \(error)")
        return []
    }
}
