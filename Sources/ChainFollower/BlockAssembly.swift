import Archive
import Field
import Hashing
import L1
import Protocol

/// Rebuilds an L2 block from its proposal and checks everything that does not need the trees (note 05 §10, Rebuilding)
/// and was not checked when the proposal was read: the parent link, the messages, the body.
struct BlockAssembly {
    let chainID: UInt64
    let rollupVersion: UInt64
    let store: ChainStore

    func assemble(_ proposal: Proposal, _ event: BlockProposedEvent) throws -> ArchivedBlock {
        let number = event.blockNumber
        func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(FollowerError) {
            guard condition else { throw .invalid(block: number, l1Block: event.place.blockNumber, reason: reason()) }
        }
        let header = proposal.block.header
        try require(number < UInt64(UInt32.max), "its number does not fit 32 bits")
        let parent = try store.archiveRoot
        try require(header.lastArchiveRoot == parent, "it builds on archive \(header.lastArchiveRoot), ours is \(parent)")
        let inHash = MerkleRoots.inHash(try store.messageLeaves(forBlock: number))
        try require(
            header.contentCommitment.inHash == inHash,
            "Obtained L1 to L2 messages failed to be hashed to the block inHash: header \(header.contentCommitment.inHash), messages \(inHash)")
        let block = try proposal.block.block(blobs: proposal.blobs, chainID: chainID, version: rollupVersion)
        let count = block.body.txEffects.count
        try require(
            header.contentCommitment.numTxs.uint64 == UInt64(count),
            "its header counts \(header.contentCommitment.numTxs) transactions, its blobs hold \(count)")
        return ArchivedBlock(
            block: block,
            l1: L1BlockReference(number: event.place.blockNumber, timestamp: proposal.l1Timestamp, hash: event.place.blockHash),
            signatures: proposal.block.attestations)
    }
}
