import Bytes
import Field
import FieldKit
import Glibc
import Protocol
import PublicExecution
import Testing

/// Mutated recorded transactions through validators and execution: a verdict for each, the same at every time, which holds
/// for as long as what it rests on does.
@Suite struct OfferFuzzTests {
    struct Outcomes: CustomStringConvertible {
        var executed = 0, reverted = 0, invalid = 0, failed = 0, skipped = 0, undecodable = 0, stillRight = 0

        var description: String {
            "\(executed) executed (\(reverted) of them reverted), \(invalid) invalid, \(failed) failed, \(skipped) skipped, "
                + "\(undecodable) undecodable, \(stillRight) looked at again"
        }
    }

    @Test func everyOfferHasAVerdict() throws {
        guard let chain = try GoldenChain.load(applied: 15) else { return }
        let isLong = getenv("QUETZAL_LONG") != nil
        let classes = ClassCache()
        var random = SeededGenerator(seed: 51)
        var outcomes = Outcomes()
        for number in 2...15 {
            let given = chain.blocks[number - 1]
            let base = try StoredBase(chain.database, at: UInt32(number - 1), classes: classes)
            let globals = given.block.header.globalVariables
            let strict = TxProcessor(globals: globals, validator: PreprocessValidator(globals: globals, setupAllowList: Self.anything(given.txs, base)))
            let lax = TxProcessor(globals: globals, validator: nil)
            // On top of what the block itself begins with.
            let block = BlockOverlay(over: base, classes: classes)
            var committed: [TxDiff] = []
            for tx in given.included.prefix(Int.random(in: 0...2, using: &random)) {
                guard case .executed(let executed) = try lax.offer(tx, hash: tx.hash(), on: block) else { continue }
                block.commit(executed.diff)
                committed.append(executed.diff)
            }
            for original in given.txs {
                for _ in 0..<(isLong ? 60 : 3) {
                    var good = original
                    good.data.constants.vkTreeRoot = ProtocolContracts.vkTreeRoot
                    good.data.constants.protocolContractTreeRoot = ProtocolContracts.treeRoot
                    guard let tx = Self.mutated(good, &random) else {
                        outcomes.undecodable += 1
                        continue
                    }
                    _ = DataValidator.validate(tx)
                    _ = try AcceptanceValidator(globals: globals).validate(tx, on: block)
                    let processor = Bool.random(using: &random) ? strict : lax
                    try offer(tx, to: processor, on: block, base, committed, classes, &random, &outcomes)
                }
            }
        }
        print("mutated offers: \(outcomes)")
        // The mix must not dry up.
        #expect(outcomes.executed > 20 && outcomes.reverted > 5 && outcomes.invalid > 20 && outcomes.failed > 5 && outcomes.stillRight > 20)
    }

    private func offer(
        _ tx: Tx, to processor: TxProcessor, on block: BlockOverlay, _ base: StoredBase, _ committed: [TxDiff], _ classes: ClassCache,
        _ random: inout SeededGenerator, _ outcomes: inout Outcomes
    ) throws {
        let hash = tx.hash()
        let verdict = try processor.offer(tx, hash: hash, on: block)
        #expect(try Self.same(verdict, processor.offer(tx, hash: hash, on: block)))
        switch verdict {
        case .executed(let executed):
            outcomes.executed += 1
            outcomes.reverted += executed.effect.revertCode.isOK ? 0 : 1
            #expect(executed.effect.violation == nil)
            #expect(executed.diff.nullifiers == executed.effect.nullifiers && executed.diff.noteHashes == executed.effect.noteHashes)
            #expect(executed.diff.publicDataWrites == executed.effect.publicDataWrites)
        case .failed(let reason, _) where reason.hasPrefix("Tx failed preprocess validation"): outcomes.invalid += 1
        case .failed: outcomes.failed += 1
        case .skipped: outcomes.skipped += 1
        }
        // Behind transactions that touch some of what it read, or nothing of it.
        let later = BlockOverlay(over: base, classes: classes)
        var prefix = CommittedPrefix()
        for diff in committed {
            later.commit(diff)
            prefix.commit(diff)
        }
        var diff = TxDiff()
        for slot in verdict.reads.publicData.keys.sorted().prefix(Int.random(in: 0...1, using: &random)) {
            diff.publicDataWrites.append(PublicDataWrite(leafSlot: slot, value: Bool.random(using: &random) ? verdict.reads.publicData[slot]! : random.field()))
        }
        diff.publicDataWrites.append(PublicDataWrite(leafSlot: random.field(), value: random.field()))
        diff.nullifiers = [random.field()]
        diff.noteHashes = random.fields(0...3)
        later.commit(diff)
        prefix.commit(diff)
        guard prefix.conflict(of: verdict.reads, executedAfter: committed.count) == nil else { return }
        outcomes.stillRight += 1
        #expect(try Self.same(verdict, processor.offer(tx, hash: hash, on: later)), "\(tx.hash()): right without the transactions before it, wrong behind them")
    }

    private static func same(_ a: TxVerdict, _ b: TxVerdict) -> Bool {
        switch (a, b) {
        case (.executed(let a), .executed(let b)): a.effect == b.effect && a.gasUsed == b.gasUsed && a.diff == b.diff && a.revertReason == b.revertReason
        case (.failed(let a, _), .failed(let b, _)): a == b
        case (.skipped(let a, _), .skipped(let b, _)): a == b
        default: false
        }
    }

    /// Whatever the recorded transactions call in setup.
    private static func anything(_ txs: [Tx], _ base: StoredBase) -> SetupAllowList {
        SetupAllowList(Set(txs.flatMap { $0.data.nonRevertiblePublicCallRequests.map(\.contractAddress) }).map { .contract($0) })
    }

    /// A few changes in its bytes; nil when they make no transaction any more.
    private static func mutated(_ tx: Tx, _ random: inout SeededGenerator) -> Tx? {
        var bytes = tx.serialized
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            // Where something is; most of a transaction is padding.
            var place = Int.random(in: 0..<bytes.count, using: &random)
            for _ in 0..<40 where bytes[place] == 0 { place = Int.random(in: 0..<bytes.count, using: &random) }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = 0
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 3:
                let end = min(bytes.count, place + 32)
                for index in place..<end { bytes[index] = 0 }
            default:
                // One part over another of the same size.
                let count = [4, 32, 64, 97].randomElement(using: &random)!
                let source = Int.random(in: 0..<max(1, bytes.count - count), using: &random)
                for index in 0..<count where place + index < bytes.count && source + index < bytes.count { bytes[place + index] = bytes[source + index] }
            }
        }
        return try? Tx(exactly: bytes)
    }
}
