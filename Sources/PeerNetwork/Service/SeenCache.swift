/// The last `capacity` keys, oldest out first; seeing one again does not renew it («note 07 §6»).
public struct SeenCache<Key: Hashable & Sendable>: Sendable {
    public let capacity: Int
    private var keys: Set<Key> = []
    private var order: [Key] = []
    private var oldest = 0

    public init(capacity: Int) { self.capacity = capacity }

    public var count: Int { keys.count }
    public func contains(_ key: Key) -> Bool { keys.contains(key) }

    /// False if it is there already.
    public mutating func insert(_ key: Key) -> Bool {
        guard capacity > 0, keys.insert(key).inserted else { return capacity <= 0 }
        if order.count < capacity {
            order.append(key)
        } else {
            keys.remove(order[oldest])
            order[oldest] = key
            oldest = (oldest + 1) % capacity
        }
        return true
    }
}
