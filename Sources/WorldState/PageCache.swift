import Field

/// The writer's memory of recently touched pages at the tip, so that the upper levels and a small tree's lower ones
/// are not sought in the database for every block. Two generations of bounded size: what was not touched while the
/// younger one filled up is forgotten.
///
/// It belongs to one exact state of the trees. The store asks for that state before every use; any other (an unwind,
/// a batch that was dropped or failed) empties it.
final class PageCache {
    private struct Generation {
        var slots: [UInt64: Int] = [:]
        var nodes: [Fr] = []
    }

    /// Pages a generation holds; 448 bytes each.
    private let limit: Int
    private var young = Generation()
    private var old = Generation()

    init(limit: Int) { self.limit = limit }

    func removeAll() {
        young = Generation()
        old = Generation()
    }

    /// Copies a page to `pages[at…]` if it is known.
    func load(_ id: UInt64, into pages: inout [Fr], at start: Int) -> Bool {
        if let slot = young.slots[id] {
            Self.copy(young.nodes, slot, to: &pages, start)
        } else if let slot = old.slots[id] {
            Self.copy(old.nodes, slot, to: &pages, start)
        } else {
            return false
        }
        return true
    }

    func remove(_ id: UInt64) {
        young.slots[id] = nil
        old.slots[id] = nil
    }

    /// Takes over the changed pages of a block.
    func store(_ pool: PagePool) {
        for slot in 0..<pool.count {
            let id = pool.ids[slot]
            if let present = young.slots[id] {
                young.nodes.replaceSubrange(present * NodePage.nodeCount..<(present + 1) * NodePage.nodeCount, with: pool.copy(of: slot))
                continue
            }
            if young.nodes.count >= limit * NodePage.nodeCount {
                old = young
                young = Generation()
                young.nodes.reserveCapacity(limit * NodePage.nodeCount)
            }
            young.slots[id] = young.nodes.count / NodePage.nodeCount
            young.nodes.append(contentsOf: pool.copy(of: slot))
        }
    }

    private static func copy(_ nodes: [Fr], _ slot: Int, to pages: inout [Fr], _ start: Int) {
        for place in 0..<NodePage.nodeCount { pages[start + place] = nodes[slot * NodePage.nodeCount + place] }
    }
}
