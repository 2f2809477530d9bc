/// Link `archiver_tips` (archiver → all): the chain moved.
///
/// Payload, 96 bytes, little-endian:
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | L2 block number: new tip, block pruned to, proven or finalised block |
/// | 8 | 32 | that block's hash, big-endian field element; zeros if not known |
/// | 40 | 8 | L2 slot; 0 if not known |
/// | 48 | 8 | block timestamp, seconds; 0 if not known |
/// | 56 | 8 | L1 block at which the archiver saw it |
/// | 64 | 8 | pending tip at this moment |
/// | 72 | 8 | proven tip at this moment |
/// | 80 | 8 | finalised tip at this moment |
/// | 88 | 8 | zeros, for growth |
///
/// The link is unreliable: whoever missed messages looks into the database, which is ahead of every message.
/// Signature of the message = block number, so a reader can filter without the payload.
public struct TipMessage: Equatable, Sendable {
    public static let link = "archiver_tips"
    public static let bytes = 96

    public enum Kind: UInt16, Sendable, CaseIterable {
        case newTip = 1, prunedTo = 2, proven = 3, finalised = 4
    }

    public var kind: Kind
    public var blockNumber: UInt64
    /// 32 bytes.
    public var blockHash: [UInt8]
    public var slot: UInt64
    public var timestamp: UInt64
    public var l1BlockNumber: UInt64
    public var pendingTip: UInt64
    public var provenTip: UInt64
    public var finalisedTip: UInt64

    public init(
        kind: Kind, blockNumber: UInt64, blockHash: [UInt8], slot: UInt64, timestamp: UInt64, l1BlockNumber: UInt64,
        pendingTip: UInt64, provenTip: UInt64, finalisedTip: UInt64
    ) {
        precondition(blockHash.count == 32)
        self.kind = kind
        self.blockNumber = blockNumber
        self.blockHash = blockHash
        self.slot = slot
        self.timestamp = timestamp
        self.l1BlockNumber = l1BlockNumber
        self.pendingTip = pendingTip
        self.provenTip = provenTip
        self.finalisedTip = finalisedTip
    }

    public var payload: [UInt8] {
        var writer = PayloadWriter(count: Self.bytes)
        writer.put(blockNumber, at: 0)
        writer.put(blockHash, at: 8)
        writer.put(slot, at: 40)
        writer.put(timestamp, at: 48)
        writer.put(l1BlockNumber, at: 56)
        writer.put(pendingTip, at: 64)
        writer.put(provenTip, at: 72)
        writer.put(finalisedTip, at: 80)
        return writer.bytes
    }

    /// Nil for an unknown kind or a payload that is too short; a longer one is of a newer build, whose new fields are ignored.
    public init?(kind: UInt16, payload: RawSpan) {
        guard let kind = Kind(rawValue: kind), payload.byteCount >= Self.bytes else { return nil }
        self.init(
            kind: kind, blockNumber: payload.word(0), blockHash: payload.bytes(8, count: 32), slot: payload.word(40), timestamp: payload.word(48),
            l1BlockNumber: payload.word(56), pendingTip: payload.word(64), provenTip: payload.word(72), finalisedTip: payload.word(80))
    }
}
