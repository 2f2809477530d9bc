/// Links between the RPC workers and the one that owns the pools: `api_p2p` carries requests, `p2p_api` answers. Bodies
/// larger than the mtu travel in pieces (`MessagePieces`).
public enum PoolMessageKind: UInt16, Sendable, CaseIterable {
    /// api → p2p. Body: a transaction that the sender has found valid. Answered when it is durable.
    case submitTx = 1
    /// api → p2p. Body: a block attestation.
    case addAttestation = 2
    /// api → p2p. Body: one byte, 1 = those being dialled and remembered too. Answer: JSON.
    case listPeers = 3
    /// api → p2p. Answer: the node's record as text, nothing without a network.
    case encodedENR = 4
    /// api → p2p. Body: slot u64 little-endian, then 32 bytes of an archive root or nothing. Answer: JSON.
    case attestations = 5
    /// p2p → api.
    case answer = 16
}

/// Signature of every message on these links: whose it is.
///
/// | bits | |
/// |---|---|
/// | 0–15 | index of the api worker |
/// | 16–63 | its ticket |
public struct PoolSignature: Hashable, Sendable {
    public var api: UInt16
    public var ticket: UInt64

    public init(api: UInt16, ticket: UInt64) {
        self.api = api
        self.ticket = ticket & 0xffff_ffff_ffff
    }

    public init(_ word: UInt64) { self.init(api: UInt16(truncatingIfNeeded: word), ticket: word >> 16) }

    public var word: UInt64 { UInt64(api) | ticket << 16 }
}

/// The answer to any request.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 1 | 0 done, 1 refused |
/// | 1 | | done: what was asked for; refused: the reason, UTF-8 |
public enum PoolAnswer: Equatable, Sendable {
    case done([UInt8])
    case refused(String)

    public var payload: [UInt8] {
        switch self {
        case .done(let body): [0] + body
        case .refused(let reason): [1] + Array(reason.utf8)
        }
    }

    public init?(_ payload: [UInt8]) {
        switch payload.first {
        case 0: self = .done(Array(payload.dropFirst()))
        case 1: self = .refused(String(decoding: payload.dropFirst(), as: UTF8.self))
        default: return nil
        }
    }
}
