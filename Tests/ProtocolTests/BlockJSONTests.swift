import Field
import FieldKit
import JSON
import Protocol
import Testing

/// JSON forms of types that have no binary form, and of blocks as the node serves them.
@Suite struct BlockJSONTests {
    @Test func publishedBlocks() throws {
        var generator = SeededGenerator(seed: 31)
        var block = generator.block(2)
        block.body.txEffects[1].contractClassLogs = []
        let signature = Signature(r: Bytes32(generator.field()), s: Bytes32(generator.field()), v: 27)
        let published = PublishedL2Block(
            block: block, l1: L1PublishedData(blockNumber: 7, timestamp: 1_700_000_000, blockHash: generator.field().hex), signatures: [.empty, signature])
        try JSONFuzzTests.roundTrip(published, short: 40)
        #expect(published.jsonText.contains("\"blockNumber\":\"7\""))
        #expect(published.jsonText.contains("\"\(Signature.empty.hex)\""))
        #expect(Signature.empty.hex.count == 131)
        #expect(published.signers()[0] == nil)
        try JSONFuzzTests.roundTrip(InBlock(data: block.body.txEffects[0], l2BlockNumber: 3, l2BlockHash: "0x1"), short: 40)
    }

    @Test func pagesOfLogs() throws {
        var generator = SeededGenerator(seed: 32)
        let id = LogId(blockNumber: 5, txIndex: 1, logIndex: 0)
        let log = PublicLog(contractAddress: 9, emitted: generator.fields(3...3))
        try JSONFuzzTests.roundTrip(GetPublicLogsResponse(logs: [ExtendedPublicLog(id: id, log: log)], maxLogsHit: true))
        try JSONFuzzTests.roundTrip(GetContractClassLogsResponse(logs: [], maxLogsHit: false))
    }

    @Test func witnessesAndInstances() throws {
        var generator = SeededGenerator(seed: 33)
        let path = SiblingPath(generator.fields(40...40))
        let leaf = NullifierLeafPreimage(nullifier: generator.field(), nextKey: generator.field(), nextIndex: 12)
        try JSONFuzzTests.roundTrip(NullifierMembershipWitness(index: 4, leafPreimage: leaf, siblingPath: path))
        try JSONFuzzTests.roundTrip(ContractInstanceWithAddress(instance: generator.instance(), address: 77))
        #expect(throws: JSONError.self) {
            let short = NullifierMembershipWitness(index: 4, leafPreimage: leaf, siblingPath: SiblingPath(generator.fields(39...39)))
            _ = try NullifierMembershipWitness(json: JSONDocument.parse(short.jsonBytes).root)
        }
    }

    /// A path leads back to the root it came from.
    @Test func siblingPaths() {
        var generator = SeededGenerator(seed: 34)
        let leaves = generator.fields(13...13)
        let root = MerkleRootsProbe.root(leaves)
        for index in leaves.indices { #expect(MerkleRootsProbe.path(leaves, index).root(leaf: leaves[index], index: UInt64(index)) == root) }
        #expect(MerkleRootsProbe.path(leaves, 3).root(leaf: leaves[3], index: 4) != root)
    }
}
