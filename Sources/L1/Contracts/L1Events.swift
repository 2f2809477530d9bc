import Bytes
import Field
import Protocol

/// Events of rollup and inbox (note 05 §9).
public enum L1EventDeclarations {
    public static let l2BlockProposed = ABIEvent("L2BlockProposed(uint256,bytes32,bytes32[])", indexed: [0, 1])
    public static let l2ProofVerified = ABIEvent("L2ProofVerified(uint256,address)", indexed: [0, 1])
    public static let prunedPending = ABIEvent("PrunedPending(uint256,uint256)")
    public static let messageSent = ABIEvent("MessageSent(uint256,uint256,bytes32,bytes16)", indexed: [0, 2])
    public static let voteCast = ABIEvent("VoteCast(address,uint256,address)", indexed: [0, 1, 2])

    public static let all = [l2BlockProposed, l2ProofVerified, prunedPending, messageSent, voteCast]
}

/// Where on L1 a log stands.
public struct L1LogPlace: Hashable, Sendable, Comparable {
    public var blockNumber: UInt64
    public var blockHash: Bytes32
    public var transactionHash: Bytes32
    public var logIndex: UInt64

    public init(blockNumber: UInt64, blockHash: Bytes32, transactionHash: Bytes32, logIndex: UInt64) {
        self.blockNumber = blockNumber
        self.blockHash = blockHash
        self.transactionHash = transactionHash
        self.logIndex = logIndex
    }

    public static func < (a: L1LogPlace, b: L1LogPlace) -> Bool { (a.blockNumber, a.logIndex) < (b.blockNumber, b.logIndex) }
}

/// An L2 block was proposed.
public struct BlockProposedEvent: Hashable, Sendable {
    public var blockNumber: UInt64
    public var archive: Fr
    public var versionedBlobHashes: [Bytes32]
    public var place: L1LogPlace

    public init(blockNumber: UInt64, archive: Fr, versionedBlobHashes: [Bytes32], place: L1LogPlace) {
        self.blockNumber = blockNumber
        self.archive = archive
        self.versionedBlobHashes = versionedBlobHashes
        self.place = place
    }
}

/// A message went into the inbox.
public struct MessageSentEvent: Hashable, Sendable {
    public var l2BlockNumber: UInt64
    public var index: UInt64
    public var leaf: Fr
    /// 16 bytes.
    public var rollingHash: [UInt8]
    public var place: L1LogPlace

    public init(l2BlockNumber: UInt64, index: UInt64, leaf: Fr, rollingHash: [UInt8], place: L1LogPlace) {
        self.l2BlockNumber = l2BlockNumber
        self.index = index
        self.leaf = leaf
        self.rollingHash = rollingHash
        self.place = place
    }
}

/// What a log of the rollup or its inbox says.
public enum L1Event: Hashable, Sendable {
    case blockProposed(BlockProposedEvent)
    case messageSent(MessageSentEvent)
    case proofVerified(blockNumber: UInt64, prover: EthAddress, place: L1LogPlace)
    case prunedPending(proven: UInt64, pending: UInt64, place: L1LogPlace)

    public var place: L1LogPlace {
        switch self {
        case .blockProposed(let event): event.place
        case .messageSent(let event): event.place
        case .proofVerified(_, _, let place), .prunedPending(_, _, let place): place
        }
    }

    /// nil for a log of another event. Throws when the event's own data are malformed (numbers beyond 64 bits,
    /// an archive that is no field).
    public init?(log: L1Log) throws(DecodingError) {
        guard let topic = log.topics.first?.bytes else { return nil }
        let topics = log.topics.map(\.bytes)
        func values(_ event: ABIEvent) throws(DecodingError) -> [ABIValue] { try event.decode(topics: topics, data: log.data) }
        func number(_ value: ABIValue, _ what: String) throws(DecodingError) -> UInt64 {
            guard let number = value.uint64 else { throw DecodingError("\(what) is beyond 64 bits") }
            return number
        }
        func field(_ value: ABIValue, _ what: String) throws(DecodingError) -> Fr {
            guard let field = value.bytes.flatMap({ Fr(canonical: $0) }) else { throw DecodingError("\(what) is no field element") }
            return field
        }
        switch topic {
        case L1EventDeclarations.l2BlockProposed.topic:
            let values = try values(L1EventDeclarations.l2BlockProposed)
            self = .blockProposed(BlockProposedEvent(
                blockNumber: try number(values[0], "block number"), archive: try field(values[1], "archive"),
                versionedBlobHashes: (values[2].list ?? []).compactMap { $0.bytes.flatMap { Bytes32($0) } }, place: log.place))
        case L1EventDeclarations.messageSent.topic:
            let values = try values(L1EventDeclarations.messageSent)
            self = .messageSent(MessageSentEvent(
                l2BlockNumber: try number(values[0], "L2 block number"), index: try number(values[1], "message index"),
                leaf: try field(values[2], "message leaf"), rollingHash: values[3].bytes ?? [], place: log.place))
        case L1EventDeclarations.l2ProofVerified.topic:
            let values = try values(L1EventDeclarations.l2ProofVerified)
            guard let prover = values[1].bytes.flatMap({ EthAddress($0) }) else { return nil }
            self = .proofVerified(blockNumber: try number(values[0], "block number"), prover: prover, place: log.place)
        case L1EventDeclarations.prunedPending.topic:
            let values = try values(L1EventDeclarations.prunedPending)
            self = .prunedPending(proven: try number(values[0], "proven block"), pending: try number(values[1], "pending block"), place: log.place)
        default: return nil
        }
    }
}
