import Field
import Protocol
import PublicExecution
import Testing

@Suite struct BlockReplayTests {
    @Test func recordedBlocksComeOutAgain() throws {
        guard let chain = try GoldenChain.load(applied: 15) else { return }
        let replay = BlockReplay(chain.database, kzg: try GoldenChain.kzg.get(), setupAllowList: nil)
        // As the chain stands, with later blocks in the database.
        for given in chain.blocks {
            let result = try replay.replay(given.block, messages: given.messages, txs: given.included)
            #expect(result.divergence == nil && result.transactions == given.included.count)
        }
    }

    /// Whatever is wrong in a block is found, and named.
    @Test func whatDiffersIsNamed() throws {
        guard let chain = try GoldenChain.load(applied: 15) else { return }
        let replay = BlockReplay(chain.database, kzg: try GoldenChain.kzg.get(), setupAllowList: nil)
        let given = chain.blocks[1]
        func field(_ edit: (inout L2Block) -> Void) throws -> String? {
            var block = given.block
            edit(&block)
            return try replay.replay(block, messages: given.messages, txs: given.included).divergence.map {
                ($0.tx.map { "\($0): " } ?? "") + $0.field
            }
        }
        #expect(try field { _ in } == nil)
        #expect(try field { $0.body.txEffects[1].transactionFee += 1 } == "1: transactionFee")
        #expect(try field { $0.body.txEffects[1].revertCode = .appLogicReverted } == "1: revertCode")
        #expect(try field { $0.body.txEffects[2].nullifiers[0] += 1 } == "2: nullifiers[0]")
        #expect(try field { $0.body.txEffects[0].noteHashes.append(1) } == "0: number of noteHashes")
        #expect(try field { $0.body.txEffects[3].publicDataWrites[0].value += 1 } == "3: publicDataWrites[0]")
        #expect(try field { $0.body.txEffects[3].publicDataWrites.removeLast() } == "3: number of publicDataWrites")
        #expect(try field { $0.header.totalFees += 1 } == "totalFees")
        #expect(try field { $0.header.totalManaUsed += 1 } == "totalManaUsed")
        #expect(try field { $0.header.contentCommitment.outHash = 1 } == "outHash")
        #expect(try field { $0.header.contentCommitment.blobsHash = 1 } == "blobsHash")
        #expect(try field { $0.header.state.partial.publicDataTree.root = 1 } == "publicDataTree")
        #expect(try field { $0.header.lastArchive.root = 1 } == "lastArchive")
        #expect(try field { $0.archive.root = 1 } == "archive")
        // A global changes the header hash, so the archive.
        #expect(try field { $0.header.globalVariables.slotNumber += 1 } == "archive")
        // Transactions in another order.
        var txs = given.included
        txs.swapAt(0, 1)
        #expect(try replay.replay(given.block, messages: given.messages, txs: txs).divergence?.tx == 0)
        // Logs, where there are any.
        for given in chain.blocks {
            for (index, effect) in given.block.body.txEffects.enumerated() {
                var block = given.block
                if !effect.publicLogs.isEmpty { block.body.txEffects[index].publicLogs = [] }
                else if !effect.contractClassLogs.isEmpty { block.body.txEffects[index].contractClassLogs[0].emittedLength += 1 }
                else { continue }
                let found = try replay.replay(block, messages: given.messages, txs: given.included).divergence
                #expect(found?.tx == index && found?.field == (effect.publicLogs.isEmpty ? "contractClassLogs[0]" : "number of publicLogs"))
            }
        }
        // Messages of another block.
        #expect(try replay.replay(given.block, messages: [5], txs: given.included).divergence?.field == "inHash")
    }

    @Test func validatorsCountWhenTheyAreAsked() throws {
        guard let chain = try GoldenChain.load(applied: 1) else { return }
        let given = chain.blocks[0]
        let strict = BlockReplay(chain.database, kzg: try GoldenChain.kzg.get())
        let verdict = try strict.replay(given.block, messages: given.messages, txs: given.included).divergence
        // The chain was recorded without validators, with transactions against other roots.
        #expect(verdict?.field == "verdict" && verdict?.tx == 0)
        #expect(verdict?.got == "Tx failed preprocess validation: Incorrect protocol circuits tree root, Incorrect protocol contracts tree root")
    }

    @Test func aStateThatIsNotThereIsNoDivergence() throws {
        guard let chain = try GoldenChain.load(applied: 1) else { return }
        let replay = BlockReplay(chain.database, kzg: try GoldenChain.kzg.get(), setupAllowList: nil)
        let next = chain.blocks[2]
        #expect(throws: StateUnavailable.self) { try replay.replay(next.block, messages: [], txs: next.included) }
        // The block after the newest one is not stored, but its state before is.
        let second = chain.blocks[1]
        #expect(try replay.replay(second.block, messages: second.messages, txs: second.included).divergence == nil)
    }
}
