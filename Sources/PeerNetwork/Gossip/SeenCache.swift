import PeerIdentity

/// Keys for a time, and the newest `capacity` of them: memory is bounded whatever peers send. Seeing one again does not
/// renew it («note 07 §6»).
public struct SeenCache<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var key: Key
        var until: UInt64
    }

    private var keys: Set<Key> = []
    private var order = FIFO<Entry>()
    private let capacity: Int
    private let lifetime: UInt64

    /// - Parameters:
    ///   - capacity: 0: nothing is remembered.
    ///   - lifetime: in the unit of the times given later; without it only the capacity bounds.
    public init(capacity: Int, lifetime: UInt64 = .max) {
        self.capacity = capacity
        self.lifetime = lifetime
    }

    public var count: Int { keys.count }
    public func contains(_ key: Key) -> Bool { keys.contains(key) }

    /// False if it is there already.
    public mutating func insert(_ key: Key, now: UInt64 = 0) -> Bool {
        guard capacity > 0 else { return true }
        guard keys.insert(key).inserted else { return false }
        let (until, isForever) = now.addingReportingOverflow(lifetime)
        order.append(Entry(key: key, until: isForever ? .max : until))
        if keys.count > capacity, let oldest = order.popFirst() { keys.remove(oldest.key) }
        return true
    }

    /// Forgets those whose time is over.
    public mutating func prune(now: UInt64) {
        while let oldest = order.first, oldest.until < now {
            keys.remove(oldest.key)
            _ = order.popFirst()
        }
    }
}
