import Bytes
import Field
public import Protocol
import Storage

/// Keeps the pools in step with the chain («note 07 §12»).
///
/// One step of the chain is one batch of the pool database, which holds the position too: after a SIGKILL at any instant
/// the next start goes on at the step that was not written. One thread.
public final class PoolFollower {
    /// What one call of `follow` did.
    public struct Report: Equatable, Sendable {
        /// The chain was cut back to this block.
        public var prunedTo: UInt64?
        /// Blocks applied, in order.
        public var added: [UInt64] = []
        /// Of blocks above the proven one: transactions that this node does not have; provers may ask for them.
        public var missing: [TxHash] = []
        public var evicted: [TxHash] = []
        /// Mined before, pending again.
        public var returned: [TxHash] = []
        /// There is more to do: call again.
        public var isBehind = false
        public var position: FollowedPosition

        init(position: FollowedPosition) { self.position = position }
    }

    /// Blocks per call, so that the owner's loop turns in between (`P2P_BLOCK_REQUEST_BATCH_SIZE`).
    public let batchSize: Int
    private let pool: TransactionPool
    private let attestations: AttestationPool
    private let chain: any FollowedChain
    private var position: FollowedPosition?

    public init(pool: TransactionPool, attestations: AttestationPool, chain: any FollowedChain, batchSize: Int = 20) throws(PoolError) {
        self.pool = pool
        self.attestations = attestations
        self.chain = chain
        self.batchSize = max(1, batchSize)
        position = try pool.followedPosition()
    }

    /// nil before the first step.
    public var followed: FollowedPosition? { position }

    public enum Failure: Error, Sendable, CustomStringConvertible {
        case pool(PoolError)
        case chain(ChainUnavailable)

        public var description: String {
            switch self {
            case .pool(let error): error.description
            case .chain(let error): error.description
            }
        }
    }

    /// Takes the pools towards the chain's tips, at most `batchSize` blocks. In order: pruned, added, proven, finalised.
    /// After a failure of the pool the memory of both pools is that of their rows again.
    public func follow() throws(Failure) -> Report {
        do throws(Failure) {
            return try step()
        } catch {
            if case .pool = error { try? attestations.reload() }
            throw error
        }
    }

    private func step() throws(Failure) -> Report {
        let tips = try read { () throws(ChainUnavailable) in try chain.tips() }
        var position: FollowedPosition
        if let known = self.position { position = known } else { position = try start(tips.finalized) }
        var report = Report(position: position)

        let common = try commonBlock(position, latest: tips.latest)
        if common < position.latest {
            try prune(&position, to: common, &report)
            report.prunedTo = common
        }

        let state = chain.stateIfReadable(at: tips.latest)
        while position.latest < tips.latest, report.added.count < batchSize {
            guard let block = try read({ () throws(ChainUnavailable) in try chain.minedBlock(position.latest + 1) }) else { break }
            let batch = WriteBatch()
            position.latest = block.number
            position.slot = block.slot
            report.evicted += try store { () throws(PoolError) in
                let evicted = try pool.markMined(block, on: state, to: batch)
                pool.remember(block.number, block.hash, to: batch)
                try commit(position, batch)
                return evicted
            }
            report.added.append(block.number)
            if block.number > tips.proven {
                report.missing += try store { () throws(PoolError) in
                    var missing: [TxHash] = []
                    for hash in block.transactions where try !pool.contains(hash) { missing.append(hash) }
                    return missing
                }
            }
        }
        report.isBehind = position.latest < tips.latest && report.added.count == batchSize

        let proven = min(tips.proven, position.latest)
        if position.proven != proven {
            position.proven = proven
            try store { () throws(PoolError) in try commit(position, WriteBatch()) }
        }
        let finalized = min(tips.finalized, position.latest)
        if position.finalized < finalized { try finalize(&position, finalized) }
        report.position = position
        return report
    }

    /// The reference begins at the tip when its pools are empty. From the finalised block on, transactions that are mined
    /// already are known as such when peers send them.
    private func start(_ finalized: UInt64) throws(Failure) -> FollowedPosition {
        let position = FollowedPosition(latest: finalized, proven: finalized, finalized: finalized, slot: 0)
        let batch = WriteBatch()
        if finalized > 0, let hash = try read({ () throws(ChainUnavailable) in try chain.blockHash(finalized) }) {
            pool.remember(finalized, hash, to: batch)
        }
        try store { () throws(PoolError) in try commit(position, batch) }
        return position
    }

    /// The newest block that both sides have. Hashes of finalised blocks are forgotten: those cannot differ.
    private func commonBlock(_ position: FollowedPosition, latest: UInt64) throws(Failure) -> UInt64 {
        var number = min(position.latest, latest)
        while number > 0 {
            guard let known = try store({ () throws(PoolError) in try pool.rememberedHash(number) }) else { break }
            if try read({ () throws(ChainUnavailable) in try chain.blockHash(number) }) == known { break }
            number -= 1
        }
        return number
    }

    private func prune(_ position: inout FollowedPosition, to number: UInt64, _ report: inout Report) throws(Failure) {
        let batch = WriteBatch()
        let old = position.latest
        position.latest = number
        position.proven = min(position.proven, number)
        position.finalized = min(position.finalized, number)
        let state = chain.stateIfReadable(at: number)
        let next = position
        let outcome = try store { () throws(PoolError) in
            let outcome = try pool.prune(to: number, on: state, to: batch)
            pool.forget(after: number, through: old, to: batch)
            try commit(next, batch)
            return outcome
        }
        report.returned += outcome.returned
        report.evicted += outcome.deleted
    }

    private func finalize(_ position: inout FollowedPosition, _ number: UInt64) throws(Failure) {
        // In pieces; the position moves with the last one.
        while true {
            let batch = WriteBatch()
            let isDone = try store { () throws(PoolError) in
                let isDone = try pool.finalize(through: number, to: batch)
                if !isDone { try pool.commit(batch, sync: false) }
                return isDone
            }
            guard isDone else { continue }
            if let block = try read({ () throws(ChainUnavailable) in try chain.minedBlock(number) }) {
                attestations.deleteOlder(than: block.slot, to: batch)
            }
            let old = position.finalized
            position.finalized = number
            let next = position
            try store { () throws(PoolError) in
                pool.forgetFinalized(from: old, below: number, to: batch)
                try commit(next, batch)
            }
            return
        }
    }

    /// Not on the device at once: what was not written is followed again.
    private func commit(_ position: FollowedPosition, _ batch: WriteBatch) throws(PoolError) {
        pool.setFollowedPosition(position, to: batch)
        try pool.commit(batch, sync: false)
        self.position = position
    }

    private func read<T>(_ body: () throws(ChainUnavailable) -> T) throws(Failure) -> T {
        do { return try body() } catch { throw .chain(error) }
    }

    private func store<T>(_ body: () throws(PoolError) -> T) throws(Failure) -> T {
        do { return try body() } catch { throw .pool(error) }
    }
}

extension TransactionPool {
    /// How far the chain was followed; nil at the very first start.
    public func followedPosition() throws(PoolError) -> FollowedPosition? {
        guard let bytes = try row(PoolMeta.position, in: meta) else { return nil }
        return try Self.decode(FollowedPosition.self, bytes, what: "position")
    }

    func setFollowedPosition(_ position: FollowedPosition, to batch: WriteBatch) { batch.put(PoolMeta.position, position.serialized, in: meta) }

    func remember(_ number: UInt64, _ hash: Fr, to batch: WriteBatch) { batch.put(bigEndian(number), hash.bytes, in: followed) }

    func rememberedHash(_ number: UInt64) throws(PoolError) -> Fr? {
        guard let bytes = try row(bigEndian(number), in: followed) else { return nil }
        return try Self.decode(Fr.self, bytes, what: "followed \(number)")
    }

    func forget(after number: UInt64, through last: UInt64, to batch: WriteBatch) {
        guard last > number else { return }
        batch.deleteRange(bigEndian(number + 1), bigEndian(last) + [0], in: followed)
    }

    /// The finalised block's own hash stays: it shows whether this is still the same chain.
    func forgetFinalized(from old: UInt64, below number: UInt64, to batch: WriteBatch) {
        guard number > old else { return }
        batch.deleteRange(bigEndian(old), bigEndian(number), in: followed)
    }
}
