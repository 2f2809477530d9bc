/// Keeps what was used last within a total cost. Not for use from two threads.
public struct BoundedCache<Key: Hashable, Value> {
    private struct Entry {
        var key: Key
        /// nil in a free place.
        var value: Value?
        var cost: Int
        /// Neighbours in order of use, -1 at the ends.
        var newer: Int
        var older: Int
    }

    public let limit: Int
    public private(set) var cost = 0
    private var places: [Key: Int] = [:]
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var newest: Int = -1
    private var oldest: Int = -1

    public init(limit: Int) { self.limit = limit }

    public var count: Int { places.count }

    /// The value, which thereby becomes the one used last.
    public mutating func value(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return entries[place].value
    }

    /// What costs more than the limit is not kept.
    public mutating func insert(_ key: Key, _ value: Value, cost: Int = 1) {
        remove(key)
        guard cost <= limit else { return }
        while self.cost + cost > limit { remove(entries[oldest].key) }
        let entry = Entry(key: key, value: value, cost: cost, newer: -1, older: -1)
        let place: Int
        if let last = free.popLast() {
            place = last
            entries[place] = entry
        } else {
            place = Int(entries.count)
            entries.append(entry)
        }
        places[key] = place
        self.cost += cost
        link(place)
    }

    private mutating func remove(_ key: Key) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        cost -= entries[place].cost
        entries[place].value = nil
        free.append(place)
    }

    private mutating func link(_ place: Int) {
        entries[place].older = newest
        entries[place].newer = -1
        if newest >= 0 { entries[newest].newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer >= 0 { entries[newer].older = older } else { newest = older }
        if older >= 0 { entries[older].newer = newer } else { oldest = newer }
    }
}
