/// How peers are scored within one topic («note 07 §4.5»). Defaults are the network's.
public struct TopicScoreParameters: Sendable, Equatable {
    public var weight = 1.0
    /// P1: time in our mesh, ms.
    public var timeInMeshWeight = 1.0
    public var timeInMeshQuantum = 1.0
    public var timeInMeshCap = 3600.0
    /// P2: messages that came from the peer first.
    public var firstDeliveriesWeight = 1.0
    public var firstDeliveriesDecay = 0.5
    public var firstDeliveriesCap = 2000.0
    /// P3: messages from a mesh peer, first or soon after; the square of what is missing to the threshold counts.
    public var meshDeliveriesWeight = -1.0
    public var meshDeliveriesDecay = 0.5
    public var meshDeliveriesCap = 100.0
    public var meshDeliveriesThreshold = 20.0
    /// How long after its validation a duplicate still counts, ms.
    public var meshDeliveriesWindow: UInt64 = 10
    /// Time in the mesh before P3 counts, ms.
    public var meshDeliveriesActivation: UInt64 = 5000
    /// P3b: what was missing when the peer left the mesh.
    public var meshFailureWeight = -1.0
    public var meshFailureDecay = 0.5
    /// P4: invalid messages, squared.
    public var invalidWeight = -20.0
    public var invalidDecay = 0.5

    public init() {}
}

public struct ScoreParameters: Sendable, Equatable {
    /// Most that all topics together give.
    public var topicScoreCap = 10.0
    /// P5: weight of what the peer manager says of the peer.
    public var applicationWeight = 10.0
    /// P6: peers of one IP address beyond the threshold, squared.
    public var colocationWeight = -5.0
    public var colocationThreshold = 10
    /// P7: breaches of the protocol, squared.
    public var behaviourWeight = -10.0
    public var behaviourThreshold = 0.0
    public var behaviourDecay = 0.2
    /// ms
    public var decayInterval: UInt64 = 1000
    /// Counters below it become zero.
    public var decayToZero = 0.1
    /// How long scores of peers that left are kept, ms.
    public var retention: UInt64 = 3_600_000
    /// How long a computed score holds, ms: one heartbeat.
    public var cacheTime: UInt64 = 700
    /// Peers that left and are remembered at most.
    public var maxRetained = 10_000

    public init() {}
}

/// What a score must be for …
public struct ScoreThresholds: Sendable, Equatable {
    /// … IHAVE and IWANT.
    public var gossip = -4000.0
    /// … getting what we publish without being in the mesh.
    public var publish = -8000.0
    /// … being listened to at all.
    public var graylist = -16_000.0
    /// … its suggestions of peers being followed.
    public var acceptPeers = 100.0
    /// Median of the mesh below which better peers are looked for.
    public var opportunisticGraft = 5.0

    public init() {}
}
