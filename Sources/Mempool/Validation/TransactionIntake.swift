public import Protocol

/// Gathers accepted transactions and stores them in batches: hashed side by side, one write to the device for all. The
/// owner calls `flush` at the end of each turn of its loop. One thread.
public final class TransactionIntake {
    public typealias Done = (Result<TxHash, PoolError>) -> Void

    private let pool: TransactionPool
    private var waiting: [(tx: Tx, hash: TxHash?, done: Done)] = []
    private var bytes = 0
    /// Told of every batch: what is new, what was evicted for it.
    public var onStored: ((TransactionPool.AddOutcome) -> Void)?

    /// A batch of this size is stored without waiting for `flush`.
    static let maximumBytes = 16 << 20

    /// A first one waits: somebody has to call `flush`.
    public var onWaiting: (() -> Void)?

    /// Called first by `flush`: offers what waits further up.
    var upstream: (() -> Void)?

    public init(_ pool: TransactionPool) { self.pool = pool }

    public var waitingCount: Int { waiting.count }

    /// `done` is called when the transaction is on the device, or cannot be.
    public func offer(_ tx: Tx, hash: TxHash? = nil, _ done: @escaping Done) {
        waiting.append((tx, hash, done))
        bytes += tx.serializedByteCount
        if bytes >= Self.maximumBytes { return flush() }
        if waiting.count == 1 { onWaiting?() }
    }

    public func flush() {
        upstream?()
        guard !waiting.isEmpty else { return }
        let batch = waiting
        waiting = []
        bytes = 0
        let missing = Tx.hashes(of: batch.filter { $0.hash == nil }.map(\.tx))
        var next = missing.makeIterator()
        let hashed = batch.map { item in HashedTransaction(item.tx, hash: item.hash ?? next.next() ?? item.tx.hash()) }
        do throws(PoolError) {
            let outcome = try pool.add(hashed)
            for (item, hashed) in zip(batch, hashed) { item.done(.success(hashed.hash)) }
            if !outcome.added.isEmpty { onStored?(outcome) }
        } catch {
            for item in batch { item.done(.failure(error)) }
        }
    }
}
