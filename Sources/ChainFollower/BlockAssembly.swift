import Archive
import Field
import Hashing
import Protocol

/// Rebuilds an L2 block from its proposal and checks everything that does not need the trees (note 05 §10, Rebuilding):
/// the event against the calldata, the parent link, the blob hashes, the body and the messages.
struct BlockAssembly {
    let settings: ChainFollower.Settings
    let store: ChainStore

    func assemble(number: UInt64, archive: Fr, blobHashes: [Bytes32], proposal: Proposal, event: RollupEvent) throws -> ArchivedBlock {
        func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(FollowerError) {
            guard condition else { throw .invalid(block: number, l1Block: event.l1.number, reason: reason()) }
        }
        guard let small = UInt32(exactly: number) else {
            throw FollowerError.invalid(block: number, l1Block: event.l1.number, reason: "its number does not fit 32 bits")
        }
        let header = proposal.header
        try require(proposal.archive == archive, "its calldata names archive \(proposal.archive), the event \(archive)")
        let parent = try store.archiveRoot
        try require(header.lastArchiveRoot == parent, "it builds on archive \(header.lastArchiveRoot), ours is \(parent)")
        let blobsHash = SHA256.truncatedToField(blobHashes.flatMap(\.bytes))
        try require(
            header.contentCommitment.blobsHash.bytes == blobsHash.bytes,
            "its header commits to blobs \(header.contentCommitment.blobsHash), L1 carries \(blobsHash)")
        let leaves = try store.messageLeaves(forBlock: number)
        let inHash = MerkleRoots.inHash(leaves)
        try require(
            header.contentCommitment.inHash.bytes == inHash.bytes,
            "its L1 to L2 messages hash to \(header.contentCommitment.inHash), ours to \(inHash)")
        let body: Body
        do { body = try Body(blobs: proposal.blobs[...]) } catch {
            throw FollowerError.invalid(
                block: number, l1Block: event.l1.number, reason: "its blobs do not decode (\(error)); they were likely not made by a sequencer")
        }
        try require(
            header.contentCommitment.numTxs == Fr(UInt64(body.txEffects.count)),
            "its header counts \(header.contentCommitment.numTxs) transactions, its blobs hold \(body.txEffects.count)")
        let full = BlockHeader(
            lastArchive: AppendOnlyTreeSnapshot(root: header.lastArchiveRoot, nextAvailableLeafIndex: small),
            contentCommitment: header.contentCommitment, state: proposal.state,
            globalVariables: GlobalVariables(
                chainId: settings.chainID, version: settings.rollupVersion, blockNumber: Fr(number), slotNumber: header.slotNumber,
                timestamp: Fr(header.timestamp), coinbase: header.coinbase, feeRecipient: header.feeRecipient, gasFees: header.gasFees),
            totalFees: body.txEffects.reduce(Fr.zero) { $0 + $1.transactionFee }, totalManaUsed: header.totalManaUsed)
        return ArchivedBlock(
            block: L2Block(archive: AppendOnlyTreeSnapshot(root: archive, nextAvailableLeafIndex: small + 1), header: full, body: body),
            l1: L1BlockReference(number: event.l1.number, timestamp: proposal.l1Timestamp, hash: event.l1.hash),
            signatures: proposal.signatures)
    }
}
