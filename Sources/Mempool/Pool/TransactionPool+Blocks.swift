public import Field
public import Protocol
import PublicExecution
import Storage

/// What the pool must know of a block.
public struct MinedBlock: Sendable, Equatable {
    public var number: UInt64
    /// Header hash.
    public var hash: Fr
    public var slot: UInt64
    public var transactions: [TxHash]
    public var nullifiers: [Fr]
    /// Leaf slots of the public data tree that it wrote.
    public var writtenSlots: [Fr]

    public init(number: UInt64, hash: Fr, slot: UInt64, transactions: [TxHash], nullifiers: [Fr], writtenSlots: [Fr]) {
        self.number = number
        self.hash = hash
        self.slot = slot
        self.transactions = transactions
        self.nullifiers = nullifiers
        self.writtenSlots = writtenSlots
    }
}

extension TransactionPool {
    /// Applies the next block: its transactions are mined, and pending ones go that can no longer be mined: those that
    /// share a nullifier with it, those whose payer it left without enough, and those it is the last block of.
    ///
    /// Nullifiers and balances are taken from the block, so it does not matter whether this node knew its transactions
    /// (the reference counts those it knew only).
    /// - Parameter state: the chain after the block or after a later one; nil when it cannot be read, which says nothing
    ///   against anybody's balance.
    /// - Returns: hashes evicted.
    @discardableResult
    func markMined(_ block: MinedBlock, on state: (any ExecutionBase)?, to batch: WriteBatch) throws(PoolError) -> [TxHash] {
        for hash in block.transactions {
            // A repeated delivery changes nothing; a transaction mined again after a reorg moves.
            if let before = try minedBlock(of: hash), before != block.number { eraseMined(hash, before, to: batch) }
            removePending(hash, to: batch)
            batch.put(PoolKey.mined(hash), bigEndian(block.number), in: mined)
            batch.put(PoolKey.mined(hash, in: block.number), [], in: mined)
        }
        var evicted: Set<TxHash> = []
        for nullifier in block.nullifiers { evicted.formUnion(pending.spending(nullifier)) }
        if let state {
            for slot in Set(block.writtenSlots) { evicted.formUnion(short(of: slot, on: state)) }
        }
        for (hash, entry) in pending.entries where entry.lastBlock <= block.number { evicted.insert(hash) }
        for hash in evicted { erase(hash, minedIn: nil, to: batch) }
        if !block.transactions.isEmpty { nonEvictable = [] }
        return evicted.sorted()
    }

    /// Pending transactions paid from `slot` that its balance does not cover. Where the balance cannot be read nothing is
    /// said against them.
    private func short(of slot: Fr, on state: any ExecutionBase) -> [TxHash] {
        let payees = pending.payingFrom(slot)
        guard !payees.isEmpty, let balance = try? state.publicData(slot) else { return [] }
        return payees.filter { hash in
            guard let entry = pending[hash] else { return false }
            return balance + entry.claimed < entry.feeLimit
        }
    }

    /// The chain was cut back to block `number`, after which `state` is. Mined transactions of later blocks return to the
    /// pending ones where they are still good: their historical header is in the chain, no nullifier of theirs is, their
    /// payer can pay, and a block may still take them. Others go, as do pending transactions whose header was unwound.
    ///
    /// The reference of this version deletes all mined ones instead, which it calls temporary («note 07 §12»); no peer
    /// can tell. `state` nil (no longer readable): deletes as it does.
    func prune(to number: UInt64, on state: (any ExecutionBase)?, to batch: WriteBatch) throws(PoolError) -> (returned: [TxHash], deleted: [TxHash]) {
        var returned: [TxHash] = []
        var deleted: Set<TxHash> = []
        for (hash, entry) in pending.entries where entry.headerNumber > number { deleted.insert(hash) }
        if let state {
            for slot in pending.balanceSlots { deleted.formUnion(short(of: slot, on: state)) }
        }
        let pendingDeleted = deleted
        for (hash, block) in try minedHashes(from: number == .max ? .max : number + 1) {
            guard let entry = try entry(hash) else {
                eraseMined(hash, block, to: batch)
                continue
            }
            if let state, Self.isGood(entry, after: number, on: state) {
                eraseMined(hash, block, to: batch)
                insertPending(hash, entry, to: batch)
                returned.append(hash)
            } else {
                try archive(hash, to: batch)
                erase(hash, minedIn: block, to: batch)
                deleted.insert(hash)
            }
        }
        for hash in pendingDeleted {
            try archive(hash, to: batch)
            erase(hash, minedIn: nil, to: batch)
        }
        let evicted = evictByPriority(to: batch)
        return (returned.filter { !evicted.contains($0) }, (deleted.union(evicted)).sorted())
    }

    private static func isGood(_ entry: PoolEntry, after number: UInt64, on state: any ExecutionBase) -> Bool {
        do {
            guard entry.headerNumber <= number, entry.lastBlock > number, try state.isArchived(entry.headerHash) else { return false }
            for nullifier in entry.nullifiers where try state.hasNullifier(nullifier) { return false }
            return try state.publicData(entry.balanceSlot) + entry.claimed >= entry.feeLimit
        } catch {
            return false
        }
    }

    /// Forgets transactions mined up to block `number`, `limit` of them. True when all are gone.
    func finalize(through number: UInt64, limit: Int = 1024, to batch: WriteBatch) throws(PoolError) -> Bool {
        let found = try minedHashes(from: 0, through: number, limit: limit)
        for (hash, block) in found {
            try archive(hash, to: batch)
            erase(hash, minedIn: block, to: batch)
        }
        return found.count < limit
    }

    /// Takes transactions away, whatever their state; unknown ones are passed over.
    public func delete(_ hashes: [TxHash]) throws(PoolError) {
        let batch = WriteBatch()
        for hash in hashes where try contains(hash) {
            try archive(hash, to: batch)
            erase(hash, minedIn: try minedBlock(of: hash), to: batch)
        }
        try commit(batch, sync: false)
    }
}
