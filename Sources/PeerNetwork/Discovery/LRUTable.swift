/// A dictionary of at most `capacity` entries that lets the least recently used go.
struct LRUTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Node {
        var key: Key
        var value: Value
        var newer: Int
        var older: Int
    }

    let capacity: Int
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var places: [Key: Int] = [:]
    private var newest = -1
    private var oldest = -1

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { places.count }
    var keys: Dictionary<Key, Int>.Keys { places.keys }

    /// The value without counting as use.
    func peek(_ key: Key) -> Value? { places[key].flatMap { nodes[$0]?.value } }

    /// The value; it is now the most recently used.
    mutating func use(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return nodes[place]?.value
    }

    /// Changes a value in place; it is now the most recently used. False if there is none.
    @discardableResult
    mutating func update<R>(_ key: Key, _ body: (inout Value) -> R) -> R? {
        guard use(key) != nil, let place = places[key] else { return nil }
        return body(&nodes[place]!.value)
    }

    mutating func set(_ key: Key, _ value: Value) {
        if let place = places[key] {
            nodes[place]!.value = value
            if place != newest {
                unlink(place)
                link(place)
            }
            return
        }
        if places.count >= capacity, let key = oldestEntry?.key { remove(key) }
        let place: Int
        let node = Node(key: key, value: value, newer: -1, older: -1)
        if let reused = free.popLast() {
            place = reused
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        places[key] = place
        link(place)
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        let value = nodes[place]?.value
        nodes[place] = nil
        free.append(place)
        return value
    }

    /// The entry that would go next.
    var oldestEntry: (key: Key, value: Value)? { oldest < 0 ? nil : nodes[oldest].map { ($0.key, $0.value) } }

    private mutating func link(_ place: Int) {
        nodes[place]!.older = newest
        nodes[place]!.newer = -1
        if newest >= 0 { nodes[newest]!.newer = place }
        newest = place
        if oldest < 0 { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place]!.newer, nodes[place]!.older)
        if newer >= 0 { nodes[newer]!.older = older } else { newest = older }
        if older >= 0 { nodes[older]!.newer = newer } else { oldest = newer }
    }
}
