import Field
import Protocol

/// The pending transactions as the pool's process holds them in memory: what every decision needs, not the transactions.
struct PendingSet {
    private(set) var entries: [TxHash: PoolEntry] = [:]
    private(set) var order = PriorityIndex<TxHash>()
    private(set) var size = 0
    private var byNullifier: [Fr: Set<TxHash>] = [:]
    private var byBalanceSlot: [Fr: Set<TxHash>] = [:]

    var count: Int { entries.count }
    subscript(_ hash: TxHash) -> PoolEntry? { entries[hash] }

    mutating func insert(_ hash: TxHash, _ entry: PoolEntry) {
        remove(hash)
        entries[hash] = entry
        order.insert(entry.place, hash)
        size += Int(entry.size)
        for nullifier in entry.nullifiers { byNullifier[nullifier, default: []].insert(hash) }
        byBalanceSlot[entry.balanceSlot, default: []].insert(hash)
    }

    @discardableResult
    mutating func remove(_ hash: TxHash) -> PoolEntry? {
        guard let entry = entries.removeValue(forKey: hash) else { return nil }
        order.remove(entry.place)
        size -= Int(entry.size)
        for nullifier in entry.nullifiers { Self.drop(hash, nullifier, from: &byNullifier) }
        Self.drop(hash, entry.balanceSlot, from: &byBalanceSlot)
        return entry
    }

    private static func drop(_ hash: TxHash, _ key: Fr, from index: inout [Fr: Set<TxHash>]) {
        index[key]?.remove(hash)
        if index[key]?.isEmpty == true { index[key] = nil }
    }

    func spending(_ nullifier: Fr) -> Set<TxHash> { byNullifier[nullifier] ?? [] }
    func payingFrom(_ slot: Fr) -> Set<TxHash> { byBalanceSlot[slot] ?? [] }
    var balanceSlots: some Sequence<Fr> { byBalanceSlot.keys }
}
