/// What is gossiped; the topic's name carries the network's version («note 07 §2»).
public enum GossipTopic: String, Hashable, Sendable, CaseIterable {
    case tx
    case blockProposal = "block_proposal"
    case blockAttestation = "block_attestation"

    /// `version`: `ComponentVersions.compressed`.
    public func name(version: String) -> String { "/aztec/\(rawValue)/\(version)" }
}

/// What becomes of a gossiped message after its validation («note 07 §4.4»).
public enum GossipVerdict: Hashable, Sendable {
    /// Forwarded, and credited to who sent it first.
    case accept
    /// Dropped without blame.
    case ignore
    /// Dropped; all who sent it are blamed.
    case reject
}

/// How hard a peer's error is punished: the name says how much of it is tolerated («note 07 §6»).
public enum PeerErrorSeverity: String, Hashable, Sendable, CaseIterable {
    case high = "HighToleranceError"
    case mid = "MidToleranceError"
    case low = "LowToleranceError"
}

/// The outcome of validating a gossiped object.
public struct GossipJudgement: Hashable, Sendable {
    public var verdict: GossipVerdict
    /// Points the sender loses besides what gossip itself takes.
    public var penalty: PeerErrorSeverity?

    public init(_ verdict: GossipVerdict, penalty: PeerErrorSeverity? = nil) {
        self.verdict = verdict
        self.penalty = penalty
    }

    public static let accept = GossipJudgement(.accept)
    public static let ignore = GossipJudgement(.ignore)
}
