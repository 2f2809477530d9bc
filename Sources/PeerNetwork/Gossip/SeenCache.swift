/// Ids of messages that came in or went out, for the time of `lifetime`: none of them is handled again.
struct SeenCache {
    private var ids: Set<MessageID> = []
    private var order = FIFO<(id: MessageID, until: UInt64)>()
    private let lifetime: UInt64
    private let capacity: Int

    /// `lifetime` in ms. Beyond `capacity` ids the oldest are forgotten early: memory is bounded whatever peers send.
    init(lifetime: UInt64, capacity: Int) {
        self.lifetime = lifetime
        self.capacity = max(1, capacity)
    }

    var count: Int { ids.count }

    func contains(_ id: MessageID) -> Bool { ids.contains(id) }

    /// False when it is known already.
    mutating func insert(_ id: MessageID, now: UInt64) -> Bool {
        guard ids.insert(id).inserted else { return false }
        order.append((id, now + lifetime))
        if ids.count > capacity, let oldest = order.removeFirst() { ids.remove(oldest.id) }
        return true
    }

    mutating func prune(now: UInt64) {
        while let oldest = order.first, oldest.until < now {
            ids.remove(oldest.id)
            _ = order.removeFirst()
        }
    }
}
