import Blobs
import Field
import FieldKit
import Protocol
import PublicExecution
import Testing
import WorldState

@Suite struct BlockBuilderTests {
    /// Effects that nobody executed.
    private func parts(_ random: inout SeededGenerator, _ count: Int) -> [BlockBuilder.Part] {
        (0..<count).map { _ in
            var effect = TxEffect(txHash: TxHash(random.field()), transactionFee: Fr(UInt64.random(in: 0..<1000, using: &random)))
            effect.noteHashes = random.fields(0...64)
            effect.nullifiers = random.fields(1...64)
            effect.l2ToL1Msgs = random.fields(0...8)
            effect.publicDataWrites = (0..<Int.random(in: 0...63, using: &random)).map { _ in
                PublicDataWrite(leafSlot: Fr(UInt64.random(in: 500..<700, using: &random)), value: random.field())
            }
            return BlockBuilder.Part(effect: effect, billedGas: Gas(daGas: 1, l2Gas: UInt32.random(in: 0...6_000_000, using: &random)))
        }
    }

    private func globals(_ number: UInt32) -> GlobalVariables {
        var globals = GlobalVariables.zero
        globals.blockNumber = Fr(UInt64(number))
        return globals
    }

    /// All at once gives the trees of one transaction after the other, and a block that the chain takes.
    @Test func theTreesAreThoseOfOneAfterTheOther() throws {
        guard let chain = try GoldenChain.load(applied: 2) else { return }
        let builder = BlockBuilder(try GoldenChain.kzg.get())
        var random = SeededGenerator(seed: 41)
        for (number, count) in [(UInt32(3), 1), (4, 0), (5, 9), (6, 2)] {
            let parts = parts(&random, count)
            let messages = random.fields(0...16)
            let block = try builder.assemble(
                globals: globals(number), messages: messages, parts: parts, on: WorldStateFork(chain.database))
            let fork = try WorldStateFork(chain.database)
            try fork.append(messages + Array(repeating: .zero, count: 16 - messages.count), to: .l1ToL2Message)
            for part in parts {
                let effect = part.effect
                try fork.append(effect.noteHashes + Array(repeating: .zero, count: 64 - effect.noteHashes.count), to: .noteHash)
                for write in effect.publicDataWrites {
                    _ = try fork.sequentialInsert([LeafValue(key: write.leafSlot, value: write.value)], into: .publicData)
                }
                let nullifiers = effect.nullifiers + Array(repeating: .zero, count: 64 - effect.nullifiers.count)
                _ = try fork.batchInsert(nullifiers.map { LeafValue(key: $0) }, into: .nullifier, subtreeDepth: 6)
            }
            #expect(try block.header.state == fork.stateReference())
            #expect(block.header.totalFees == parts.reduce(.zero) { $0 + $1.effect.transactionFee })
            #expect(block.header.totalManaUsed == parts.reduce(.zero) { $0 + Fr(UInt64($1.billedGas.l2Gas)) })
            #expect(block.header.contentCommitment.numTxs == Fr(UInt64(count)))
            let opened = try OpenedBlob.blobs(of: #require(block.body.blobFields()), kzg: GoldenChain.kzg.get())
            #expect(block.header.contentCommitment.blobsHash == opened.blobsHash)
            // Header and archive are checked by who applies it.
            try chain.apply(GoldenChain.Block(block: block, messages: messages, txs: []))
            #expect(try chain.store.status.latest == number)
        }
    }

    private func failure(_ chain: GoldenChain, _ parts: [BlockBuilder.Part], messages: [Fr] = [], number: UInt32 = 3) throws -> BlockAssemblyError? {
        do {
            _ = try BlockBuilder(GoldenChain.kzg.get()).assemble(
                globals: globals(number), messages: messages, parts: parts, on: WorldStateFork(chain.database))
            return nil
        } catch { return error as? BlockAssemblyError }
    }

    @Test func whatMakesNoBlock() throws {
        guard let chain = try GoldenChain.load(applied: 2) else { return }
        var random = SeededGenerator(seed: 42)
        let good = parts(&random, 3)
        #expect(try failure(chain, good) == nil)
        #expect(try failure(chain, good, number: 4)?.kind == .parent)
        #expect(try failure(chain, good, messages: random.fields(17...17))?.kind == .tooManyMessages)

        // Repeated inside the block, then one that the chain has.
        var parts = good
        parts[2].effect.nullifiers[0] = good[0].effect.nullifiers[0]
        var error = try #require(try failure(chain, parts))
        #expect(error.kind == .nullifier(good[0].effect.nullifiers[0], tx: good[2].effect.txHash))
        #expect(error.description.contains("repeated in the block") && error.description.contains("number 2"))
        let spent = chain.blocks[0].block.body.txEffects[0].nullifiers[0]
        parts = good
        parts[1].effect.nullifiers[0] = spent
        error = try #require(try failure(chain, parts))
        #expect(error.kind == .nullifier(spent, tx: good[1].effect.txHash) && error.description.contains("exists already"))

        for edit: (inout TxEffect) -> Void in [
            { $0.nullifiers = [] }, { $0.noteHashes = Array(repeating: 1, count: 65) }, { $0.nullifiers.append(.zero) },
            { $0.publicDataWrites.append(PublicDataWrite(leafSlot: 0, value: 0)) },
        ] {
            parts = good
            edit(&parts[1].effect)
            #expect(try failure(chain, parts)?.kind == .effect(tx: good[1].effect.txHash))
        }

        let log = ContractClassLog(contractAddress: 3, fields: ContractClassLogFields([1, 2]), emittedLength: 3019)
        parts = (0..<5).map { _ in
            BlockBuilder.Part(effect: TxEffect(txHash: TxHash(random.field()), nullifiers: [random.field()], contractClassLogs: [log]), billedGas: .zero)
        }
        let count = parts.reduce(0) { $0 + $1.effect.blobFieldCount }
        #expect(count > 12_288)
        #expect(try failure(chain, parts)?.kind == .blobFields(count))
        parts.removeLast()
        #expect(try failure(chain, parts) == nil)
    }
}
