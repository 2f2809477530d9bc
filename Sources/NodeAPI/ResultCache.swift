import Synchronization

/// Ready-made results, bounded in bytes, least recently used out first. Entries about named blocks outlive new heads.
final class ResultCache: Sendable {
    enum Life: Sendable { case history, head }

    private struct Entry {
        var value: [UInt8]
        var life: Life
        var newer: Int
        var older: Int
        var key: [UInt8]
    }

    private struct State {
        var places: [[UInt8]: Int] = [:]
        var entries: [Entry] = []
        var free: [Int] = []
        var newest = -1
        var oldest = -1
        var bytes = 0
        var generation = ChainGeneration()
        var hits: UInt64 = 0
        var misses: UInt64 = 0
    }

    private let state = Mutex(State())
    private let maximumBytes: Int
    /// Bookkeeping of an entry beside key and value.
    private static let overhead = 160

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// What the cache holds for `key`; entries that `generation` outdates are gone first.
    func value(_ key: [UInt8], _ generation: ChainGeneration) -> [UInt8]? {
        state.withLock { state in
            Self.renew(&state, generation)
            guard let place = state.places[key] else {
                state.misses += 1
                return nil
            }
            state.hits += 1
            Self.unlink(&state, place)
            Self.pushNewest(&state, place)
            return state.entries[place].value
        }
    }

    func insert(_ value: [UInt8], for key: [UInt8], _ life: Life, _ generation: ChainGeneration) {
        let size = value.count + 2 * key.count + Self.overhead
        // One answer may not push out everything else.
        guard size <= maximumBytes / 8 else { return }
        state.withLock { state in
            Self.renew(&state, generation)
            // Made from an older state than the cache has seen by now.
            guard state.generation == generation, state.places[key] == nil else { return }
            while state.bytes + size > maximumBytes, state.oldest >= 0 { Self.remove(&state, state.oldest) }
            let entry = Entry(value: value, life: life, newer: -1, older: -1, key: key)
            let place: Int
            if let reused = state.free.popLast() {
                place = reused
                state.entries[place] = entry
            } else {
                place = state.entries.count
                state.entries.append(entry)
            }
            state.places[key] = place
            state.bytes += size
            Self.pushNewest(&state, place)
        }
    }

    var statistics: (hits: UInt64, misses: UInt64, bytes: Int) { state.withLock { ($0.hits, $0.misses, $0.bytes) } }

    private static func renew(_ state: inout State, _ generation: ChainGeneration) {
        guard generation != state.generation else { return }
        // A reader that was late must not bring the old generation back.
        guard generation.history >= state.generation.history, generation.head >= state.generation.head else { return }
        let keepsHistory = generation.history == state.generation.history
        for place in state.places.values where !keepsHistory || state.entries[place].life == .head { remove(&state, place) }
        state.generation = generation
    }

    private static func remove(_ state: inout State, _ place: Int) {
        unlink(&state, place)
        let entry = state.entries[place]
        state.places[entry.key] = nil
        state.bytes -= entry.value.count + 2 * entry.key.count + overhead
        state.entries[place].value = []
        state.entries[place].key = []
        state.free.append(place)
    }

    private static func unlink(_ state: inout State, _ place: Int) {
        let (newer, older) = (state.entries[place].newer, state.entries[place].older)
        if newer >= 0 { state.entries[newer].older = older } else if state.newest == place { state.newest = older }
        if older >= 0 { state.entries[older].newer = newer } else if state.oldest == place { state.oldest = newer }
        state.entries[place].newer = -1
        state.entries[place].older = -1
    }

    private static func pushNewest(_ state: inout State, _ place: Int) {
        state.entries[place].older = state.newest
        if state.newest >= 0 { state.entries[state.newest].newer = place }
        state.newest = place
        if state.oldest < 0 { state.oldest = place }
    }
}
