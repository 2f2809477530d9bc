public import Field
import Hashing

extension BlockHeader {
    /// The L2 block hash, which is also the block's leaf in the archive (note 01 §11.1).
    public func hash() -> Fr { Poseidon2.hash(toFields(), separator: GeneratorIndex.blockHash) }

    /// The block's number; nil when the field holds something that is no block number.
    public var blockNumber: UInt32? { globalVariables.blockNumber.uint32 }
    public var slotNumber: UInt64? { globalVariables.slotNumber.uint64 }
    public var timestamp: UInt64? { globalVariables.timestamp.uint64 }

    public var isEmpty: Bool { self == .zero }

    /// The part of the header that is signed and sent to L1; nil when the timestamp does not fit 64 bits.
    public var proposed: ProposedBlockHeader? {
        guard let timestamp else { return nil }
        return ProposedBlockHeader(
            lastArchiveRoot: lastArchive.root, contentCommitment: contentCommitment, slotNumber: globalVariables.slotNumber,
            timestamp: timestamp, coinbase: globalVariables.coinbase, feeRecipient: globalVariables.feeRecipient,
            gasFees: globalVariables.gasFees, totalManaUsed: totalManaUsed)
    }
}
