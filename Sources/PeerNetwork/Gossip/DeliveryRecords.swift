import PeerIdentity

/// Who brought each recent message, and what became of it.
struct DeliveryRecords {
    enum Status { case unknown, valid, invalid, ignored }

    struct Record {
        var status = Status.unknown
        /// When it was found valid, ms.
        var validated: UInt64 = 0
        /// Who sent it besides the first.
        var peers: [PeerID] = []
    }

    /// ms
    static let lifetime: UInt64 = 120_000
    private var records: [MessageID: Record] = [:]
    private var order = FIFO<(id: MessageID, until: UInt64)>()
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { records.count }

    mutating func ensure(_ id: MessageID, now: UInt64) {
        guard records[id] == nil else { return }
        records[id] = Record()
        order.append((id, now + Self.lifetime))
        if records.count > capacity, let oldest = order.popFirst() { records[oldest.id] = nil }
    }

    /// The record of `id`, made if there is none.
    mutating func update<T>(_ id: MessageID, now: UInt64, _ body: (inout Record) -> T) -> T {
        ensure(id, now: now)
        return body(&records[id, default: Record()])
    }

    mutating func prune(now: UInt64) {
        while let oldest = order.first, oldest.until < now {
            records[oldest.id] = nil
            _ = order.popFirst()
        }
    }
}
