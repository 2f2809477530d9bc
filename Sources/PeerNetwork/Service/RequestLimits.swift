public import PeerIdentity

/// Limits what peers may ask of us, all together and each.
public struct RequestLimits: Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case allowed = "Allowed"
        /// Costs the peer `HighToleranceError`.
        case deniedPeer = "DeniedPeer"
        case deniedGlobal = "DeniedGlobal"
    }

    private struct Limits {
        var global: RateLimiter
        var peers: [PeerID: (limiter: RateLimiter, lastUsed: Double)] = [:]
    }

    private static let forgetAfter: Double = 600_000
    private let quotas: [RequestProtocol: RequestQuota]
    private var limits: [RequestProtocol: Limits] = [:]

    public init(quotas: [RequestProtocol: RequestQuota] = [:]) { self.quotas = quotas }

    /// The global token is spent even if the peer's own limit then refuses, as the reference does.
    public mutating func check(_ kind: RequestProtocol, _ peer: PeerID, now: Double) -> Verdict {
        let quota = quotas[kind] ?? kind.quota
        var entry = limits[kind] ?? Limits(global: RateLimiter(CellRate(count: quota.global, period: quota.periodMillis), now: now))
        limits[kind] = nil  // so that the dictionary of peers is not copied
        defer { limits[kind] = entry }
        guard entry.global.allow(now) else { return .deniedGlobal }
        var own = entry.peers[peer]?.limiter ?? RateLimiter(CellRate(count: quota.perPeer, period: quota.periodMillis), now: now)
        let allowed = own.allow(now)
        entry.peers[peer] = (own, now)
        return allowed ? .allowed : .deniedPeer
    }

    /// Drops what has not been used for ten minutes. Peers are entered no faster than the global limit allows.
    public mutating func forgetIdle(now: Double) {
        for (kind, var entry) in limits {
            entry.peers = entry.peers.filter { now - $0.value.lastUsed <= Self.forgetAfter }
            limits[kind] = entry
        }
    }
}

/// Limits what we ask of each peer, below what it grants: packets arrive bunched, and one request too many costs us
/// points at the reference. A fifth of the burst and of the rate is left unused.
public struct OutboundLimits: Sendable {
    private struct Key: Hashable {
        var kind: RequestProtocol
        var peer: PeerID
    }

    private var limiters: [Key: RateLimiter] = [:]

    public init() {}

    /// Burst and rate by protocol: tx 8 then one per 125 ms; ping, status and goodbye 4, 250 ms; block 1, 625 ms.
    static func limiter(_ kind: RequestProtocol, now: Double) -> RateLimiter {
        let quota = kind.quota
        let burst = max(1, quota.perPeer - max(1, quota.perPeer / 5))
        return RateLimiter(CellRate(count: burst, period: Double(burst) * 1.25 * quota.periodMillis / Double(quota.perPeer)), now: now)
    }

    public mutating func take(_ kind: RequestProtocol, _ peer: PeerID, now: Double) -> Bool {
        let key = Key(kind: kind, peer: peer)
        var limiter = limiters[key] ?? Self.limiter(kind, now: now)
        defer { limiters[key] = limiter }
        return limiter.allow(now)
    }

    /// Milliseconds until a request to the peer may be sent; 0 at once.
    public func wait(_ kind: RequestProtocol, _ peer: PeerID, now: Double) -> Double {
        limiters[Key(kind: kind, peer: peer)]?.wait(now) ?? 0
    }

    public mutating func forgetIdle(now: Double) { limiters = limiters.filter { !$0.value.isIdle(now) } }
}
