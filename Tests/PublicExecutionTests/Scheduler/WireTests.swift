import Bytes
import Field
import FieldKit
import Glibc
import Protocol
import PublicExecution
import Testing

/// What travels between scheduler and executors comes back as it was; anything else is refused without harm.
@Suite struct WireTests {
    private func verdict(_ generator: inout SeededGenerator) -> TxVerdict {
        var reads = ReadSet()
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            reads.publicData[generator.field()] = generator.field()
            reads.nullifiers[generator.field()] = Bool.random(using: &generator)
            reads.noteHashes[generator.next()] = Bool.random(using: &generator) ? .some(generator.field()) : .some(nil)
            reads.instances.insert(AztecAddress(generator.field()))
            reads.classes.insert(generator.field())
        }
        if Bool.random(using: &generator) { reads.noteHashCount = generator.next() }
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return .failed(reason: "no", reads)
        case 1: return .skipped(reason: "später", reads)
        default: break
        }
        var effect = TxEffect(revertCode: .appLogicReverted, txHash: TxHash(generator.field()), transactionFee: generator.field())
        effect.nullifiers = generator.fields(1...4)
        effect.noteHashes = generator.fields(0...4)
        effect.publicDataWrites = generator.fields(0...4).map { PublicDataWrite(leafSlot: $0, value: .one) }
        effect.publicLogs = [PublicLog(contractAddress: AztecAddress(generator.field()), emitted: generator.fields(0...13))]
        var diff = TxDiff()
        diff.nullifiers = effect.nullifiers
        diff.noteHashes = effect.noteHashes
        diff.publicDataWrites = Bool.random(using: &generator) ? effect.publicDataWrites : []
        diff.contracts.instances = [toyInstance(9)]
        diff.contracts.classes = [ContractClassPublic(id: generator.field(), artifactHash: .one, privateFunctionsRoot: .zero, packedBytecode: generator.bytes(50))]
        let gas = GasUsed(totalGas: Gas(daGas: 1, l2Gas: 2), teardownGas: Gas(daGas: 3, l2Gas: 4), publicGas: Gas(daGas: 5, l2Gas: 6), billedGas: Gas(daGas: 7, l2Gas: 8))
        var executed = ExecutedTx(hash: effect.txHash, effect: effect, gasUsed: gas, diff: diff, readSet: reads)
        executed.revertReason = SimulationError(
            originalMessage: "Assertion failed", functionErrorStack: [.init(contractAddress: AztecAddress(5), functionSelector: FunctionSelector(7))],
            revertData: [.one], noirErrorStack: .opcodes(["0.4", "0.9"]))
        executed.returnValues = [NestedProcessReturnValues(values: nil), NestedProcessReturnValues(values: [.one], nested: [NestedProcessReturnValues(values: [])])]
        executed.statistics.instructions = 12
        executed.statistics.nanoseconds = 34
        executed.statistics.opcodes = [5, 6]
        return .executed(executed)
    }

    private func same(_ a: TxVerdict, _ b: TxVerdict) -> Bool {
        switch (a, b) {
        case (.failed(let r, let x), .failed(let s, let y)), (.skipped(let r, let x), .skipped(let s, let y)): return r == s && x == y
        case (.executed(let x), .executed(let y)):
            return x.hash == y.hash && x.effect == y.effect && x.gasUsed == y.gasUsed && x.diff == y.diff && x.readSet == y.readSet
                && x.revertReason == y.revertReason && x.returnValues == y.returnValues && x.statistics == y.statistics
        default: return false
        }
    }

    @Test func comesBackAsItWas() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let verdict = verdict(&generator)
            #expect(same(try TxVerdict(exactly: verdict.serialized), verdict))
        }
    }

    /// RETURN, REVERT and INTERNALCALL cost three gas a piece: what a program does may not make its result unreadable.
    @Test func longResultsAreCut() throws {
        var generator = SeededGenerator(seed: 5)
        var executed: ExecutedTx?
        while executed == nil { if case .executed(let some) = verdict(&generator) { executed = some } }
        let many = [Fr](repeating: .one, count: 70_000)
        executed!.returnValues = [NestedProcessReturnValues(values: [.one]), NestedProcessReturnValues(values: many), NestedProcessReturnValues(values: many)]
        executed!.revertReason = SimulationError(
            originalMessage: String(repeating: "ä", count: 70_000), functionErrorStack: [.init(contractAddress: AztecAddress(5), functionName: "f")],
            revertData: many, noirErrorStack: .opcodes((0..<5000).map { "0.\($0)" }))
        guard case .executed(let read) = try TxVerdict(exactly: TxVerdict.executed(executed!).serialized) else { return #expect(Bool(false)) }
        #expect(read.effect == executed!.effect && read.readSet == executed!.readSet)
        #expect(read.returnValues.map { $0.values?.count } == [1, 65_535, 0])
        #expect(read.revertReason?.revertData.count == 65_536)
        guard case .opcodes(let opcodes)? = read.revertReason?.noirErrorStack else { return #expect(Bool(false)) }
        #expect(opcodes.count == 4096 && opcodes.last == "0.4999")
    }

    /// What no block could hold is not taken from an executor.
    @Test func effectsBeyondTheLimitsAreRefused() throws {
        var generator = SeededGenerator(seed: 6)
        for count in [64, 65, 200] {
            var effect = TxEffect(revertCode: .ok, txHash: TxHash(7), transactionFee: 1)
            effect.nullifiers = [1]
            effect.noteHashes = generator.fields(count...count)
            var diff = TxDiff()
            diff.nullifiers = effect.nullifiers
            diff.noteHashes = effect.noteHashes
            let gas = GasUsed(totalGas: .zero, teardownGas: .zero, publicGas: .zero, billedGas: .zero)
            let bytes = TxVerdict.executed(ExecutedTx(hash: TxHash(7), effect: effect, gasUsed: gas, diff: diff, readSet: ReadSet())).serialized
            #expect(((try? TxVerdict(exactly: bytes)) != nil) == (count <= 64))
        }
    }

    @Test func anyBytesAreDecodedOrRefused() {
        var generator = SeededGenerator(seed: 4)
        for round in 0..<(getenv("QUETZAL_LONG") != nil ? 200_000 : 4000) {
            var bytes = verdict(&generator).serialized
            switch round % 3 {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            case 1: for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            default: bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
            }
            // What decodes is what its own bytes say.
            if let read = try? TxVerdict(exactly: bytes) { #expect((try? TxVerdict(exactly: read.serialized)).map { same($0, read) } == true) }
        }
    }

    /// Recorded transactions, private-only ones and registrations among them.
    private static func recorded() throws -> [Tx] {
        guard let chain = try GoldenChain.load(applied: 0) else { return [] }
        return chain.blocks.flatMap(\.txs).map { tx in
            var bare = tx
            bare.clientIvcProof = .empty
            return bare
        }
    }

    @Test func transactionsComeBackAsTheyWere() throws {
        for tx in try Self.recorded() {
            let wire = tx.wire
            #expect(try Tx(wire: wire) == tx)
            // The protocol's form is the same plus the padding of its lists.
            #expect(wire.count <= tx.serialized.count, "\(wire.count) of \(tx.serialized.count)")
        }
    }

    /// What a transaction does not have costs no room.
    @Test func emptyListsAreNotPadded() throws {
        guard var tx = try Self.recorded().first(where: { $0.data.isForPublic }) else { return }
        tx.contractClassLogs = []
        tx.publicFunctionCalldata = []
        let parts = PrivateTailForPublic(
            nonRevertibleAccumulatedData: PrivateToPublicAccumulatedData(), revertibleAccumulatedData: PrivateToPublicAccumulatedData(),
            publicTeardownCallRequest: .padding)
        tx.data.destination = .forPublic(parts)
        #expect(try Tx(wire: tx.wire) == tx)
        #expect(tx.wire.count < 1500 && tx.serialized.count > 20_000, "\(tx.wire.count) of \(tx.serialized.count)")
    }

    @Test func anyBytesAreATransactionOrRefused() throws {
        var generator = SeededGenerator(seed: 8)
        var read = 0, refused = 0
        let seeds = try Self.recorded().map(\.wire).filter { $0.count < 20_000 }
        guard !seeds.isEmpty else { return }
        for round in 0..<(getenv("QUETZAL_LONG") != nil ? 1_000_000 : 3000) {
            var bytes = seeds[round % seeds.count]
            switch round % 4 {
            case 0: bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
            case 1: bytes.append(0)
            default: for _ in 0..<Int.random(in: 1...3, using: &generator) { bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            }
            guard let tx = try? Tx(wire: bytes) else {
                refused += 1
                continue
            }
            read += 1
            // What is read is what its own bytes say, in either form.
            #expect(try Tx(wire: tx.wire) == tx && Tx(exactly: tx.serialized) == tx)
        }
        #expect(read > 100 && refused > 100)
    }
}
