import Field

/// Changed pages of one tree, in memory. A page enters when something below or in it changes, and stays.
struct PagePool {
    private var slots: [UInt64: Int] = [:]
    /// `NodePage.nodeCount` nodes a slot.
    var nodes: [Fr] = []
    /// Page id of each slot.
    private(set) var ids: [UInt64] = []
    /// Serial of the checkpoint that last kept a copy of the slot; 0 for none.
    var savedAt: [UInt32] = []

    var count: Int { ids.count }

    func slot(of id: UInt64) -> Int? { slots[id] }

    /// A new slot for `id`, its nodes not yet set.
    mutating func add(_ id: UInt64) -> Int {
        let slot = ids.count
        slots[id] = slot
        ids.append(id)
        savedAt.append(0)
        nodes.append(contentsOf: repeatElement(.zero, count: NodePage.nodeCount))
        return slot
    }

    @inline(__always)
    static func start(_ slot: Int) -> Int { slot * NodePage.nodeCount }

    func copy(of slot: Int) -> ArraySlice<Fr> { nodes[Self.start(slot)..<Self.start(slot + 1)] }

    mutating func restore(_ slot: Int, _ copy: ArraySlice<Fr>) {
        nodes.replaceSubrange(Self.start(slot)..<Self.start(slot + 1), with: copy)
    }
}
