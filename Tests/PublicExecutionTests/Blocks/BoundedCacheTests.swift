import FieldKit
import PublicExecution
import Testing

@Suite struct BoundedCacheTests {
    @Test func letsGoOfWhatItDoesNotKeep() {
        final class Thing {}
        var cache = BoundedCache<Int, Thing>(limit: 4)
        var things = (0..<4).map { _ in Thing() }
        let watched = things.map { Weak($0) }
        for (key, thing) in things.enumerated() { cache.insert(key, thing) }
        things = []
        #expect(watched.allSatisfy { $0.value != nil })
        cache.insert(9, Thing(), cost: 4)
        #expect(watched.allSatisfy { $0.value == nil })
    }

    private struct Weak {
        weak var value: AnyObject?
        init(_ value: AnyObject) { self.value = value }
    }

    /// Against a plain list in order of use.
    @Test func keepsWhatWasUsedLast() {
        var random = SeededGenerator(seed: 11)
        for limit in [1, 2, 7, 40] {
            var cache = BoundedCache<Int, Int>(limit: limit)
            var model: [(key: Int, value: Int, cost: Int)] = []
            for step in 0..<4_000 {
                let key = Int.random(in: 0..<30, using: &random)
                if Bool.random(using: &random) {
                    let cost = Int.random(in: 1...9, using: &random)
                    cache.insert(key, step, cost: cost)
                    model.removeAll { $0.key == key }
                    if cost <= limit {
                        while model.reduce(0, { $0 + $1.cost }) + cost > limit { model.removeFirst() }
                        model.append((key, step, cost))
                    }
                } else {
                    let place = model.firstIndex { $0.key == key }
                    #expect(cache.value(key) == place.map { model[$0].value })
                    if let place { model.append(model.remove(at: place)) }
                }
                #expect(cache.count == model.count && cache.cost == model.reduce(0) { $0 + $1.cost })
            }
        }
    }
}
