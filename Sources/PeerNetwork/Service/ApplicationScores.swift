import Glibc
public import PeerIdentity
public import Protocol

/// What a peer's score means («note 07 §9.1»).
public enum PeerScoreState: String, Hashable, Sendable {
    case banned = "Banned"
    case disconnect = "Disconnect"
    case healthy = "Healthy"

    public init(score: Double) {
        self = score < -100 ? .banned : score < -50 ? .disconnect : .healthy
    }
}

/// The application's score of each peer: 0 at first, lowered by penalties, mended by a tenth a minute («note 07 §9.1»).
/// It outlives the connection, so it is also the memory of who is banned; clock in milliseconds from outside.
public struct ApplicationScores: Sendable {
    private struct Entry {
        var score: Double
        var updated: Double
    }

    private static let decayMillis: Double = 60_000
    private static let decayFactor = 0.9
    /// Scores closer to zero than this are forgotten.
    private static let negligible = 0.001
    /// Peers remembered; beyond it the best are forgotten first.
    private let capacity: Int
    public let penalties: [PeerErrorSeverity: Double]
    private var entries: [PeerID: Entry] = [:]

    /// `penaltyValues`: points in any order; missing ones are 2, 10 and 50.
    public init(penaltyValues: [Double] = [], capacity: Int = 8192) {
        let sorted = penaltyValues.sorted()
        let defaults: [Double] = [2, 10, 50]
        func value(_ index: Int) -> Double { index < sorted.count ? sorted[index] : defaults[index] }
        penalties = [.high: value(0), .mid: value(1), .low: value(2)]
        self.capacity = capacity
    }

    public func score(_ peer: PeerID) -> Double { entries[peer]?.score ?? 0 }
    public func state(_ peer: PeerID) -> PeerScoreState { PeerScoreState(score: score(peer)) }
    public var count: Int { entries.count }

    /// Returns the new score.
    @discardableResult
    public mutating func penalize(_ peer: PeerID, _ severity: PeerErrorSeverity, now: Double) -> Double {
        var entry = entries[peer] ?? Entry(score: 0, updated: now)
        // A penalty restarts the minute: the begun one is lost to the peer.
        entry.score = Self.decayed(entry, now: now) - penalties[severity]!
        entry.updated = now
        if entries.count >= capacity, entries[peer] == nil, let best = entries.max(by: { $0.value.score < $1.value.score }) {
            entries[best.key] = nil
        }
        entries[peer] = entry
        return entry.score
    }

    public mutating func decayAll(now: Double) {
        for (peer, entry) in entries where now - entry.updated >= Self.decayMillis {
            let score = Self.decayed(entry, now: now)
            entries[peer] = score > -Self.negligible ? nil : Entry(score: score, updated: now)
        }
    }

    private static func decayed(_ entry: Entry, now: Double) -> Double {
        let periods = ((now - entry.updated) / decayMillis).rounded(.down)
        return periods > 0 ? entry.score * pow(decayFactor, periods) : entry.score
    }

    /// Middle of all remembered scores, 0 without any.
    public var median: Double {
        let sorted = entries.values.map(\.score).sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
