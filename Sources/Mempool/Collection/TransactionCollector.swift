public import Protocol

/// Asks peers for transactions («note 07 §7.2»).
public protocol TxRequester: AnyObject {
    associatedtype Peer
    /// One batch request. `done` is called once with one place per hash, nil where nobody had it; every transaction in it
    /// was checked (`TransactionGate.checkAnswer`).
    /// - Parameter pinned: asked besides the peers that are chosen.
    func request(_ hashes: [TxHash], pinned: Peer?, _ done: @escaping ([HashedTransaction?]) -> Void)
}

public struct CollectedTransactions: Sendable {
    /// In the proposal's order, without the missing ones.
    public var txs: [HashedTransaction]
    public var missing: [TxHash]
}

public enum CollectionError: Error, Sendable {
    case pool(PoolError)
    /// A transaction of the proposal breaks a rule.
    case invalid(Refusal)
    /// More hashes than a block can hold transactions of.
    case tooMany(Int)
}

/// Brings a proposal's transactions together («note 07 §13»): from the pool, from the proposal itself, from peers.
/// What peers send goes into the pool. One thread.
public final class TransactionCollector<Requester: TxRequester> {
    private let pool: TransactionPool
    private let gate: TransactionGate
    private let requester: Requester

    /// A block of blob fields' worth has no more; the reference has no limit.
    public let maximumTransactions: Int

    public init(pool: TransactionPool, gate: TransactionGate, requester: Requester, maximumTransactions: Int = 4096) {
        self.pool = pool
        self.gate = gate
        self.requester = requester
        self.maximumTransactions = maximumTransactions
    }

    public typealias Done = (Result<CollectedTransactions, CollectionError>) -> Void

    public func collect(_ proposal: BlockProposal, from peer: Requester.Peer?, _ done: @escaping Done) {
        let hashes = proposal.payload.txHashes
        guard !hashes.isEmpty else { return done(.success(CollectedTransactions(txs: [], missing: []))) }
        guard hashes.count <= maximumTransactions else { return done(.failure(.tooMany(hashes.count))) }
        do throws(PoolError) {
            var found = try fromPool(hashes)
            if let embedded = proposal.txs, embedded.count == hashes.count {
                fill(&found, hashes, embedded)
                let whole = found.compactMap { $0 }
                if whole.count == hashes.count { return validate(whole, missing: [], done) }
                // A hole left: what the proposal brought counts for nothing, as in the reference.
                found = try fromPool(hashes)
            }
            request(hashes, found, peer, done)
        } catch {
            done(.failure(.pool(error)))
        }
    }

    /// The same for hashes alone.
    public func collect(_ hashes: [TxHash], from peer: Requester.Peer?, _ done: @escaping Done) {
        guard hashes.count <= maximumTransactions else { return done(.failure(.tooMany(hashes.count))) }
        do throws(PoolError) { request(hashes, try fromPool(hashes), peer, done) } catch { done(.failure(.pool(error))) }
    }

    private func fromPool(_ hashes: [TxHash]) throws(PoolError) -> [HashedTransaction?] {
        var found: [HashedTransaction?] = []
        for hash in hashes { found.append(try pool.transaction(hash).map { HashedTransaction($0, hash: hash) }) }
        return found
    }

    /// Holes take the transaction at their place if its hash is the right one.
    private func fill(_ found: inout [HashedTransaction?], _ hashes: [TxHash], _ embedded: [Tx]) {
        let holes = found.indices.filter { found[$0] == nil }
        for (hole, hash) in zip(holes, Tx.hashes(of: holes.map { embedded[$0] })) where hash == hashes[hole] {
            found[hole] = HashedTransaction(embedded[hole], hash: hash)
        }
    }

    private func request(_ hashes: [TxHash], _ found: [HashedTransaction?], _ peer: Requester.Peer?, _ done: @escaping Done) {
        let missing = hashes.indices.filter { found[$0] == nil }.map { hashes[$0] }
        guard !missing.isEmpty else { return validate(found.compactMap { $0 }, missing: [], done) }
        requester.request(missing, pinned: peer) { [self] answers in
            let received = answers.compactMap { $0 }
            do throws(PoolError) { try pool.add(received) } catch { return done(.failure(.pool(error))) }
            let byHash = Dictionary(received.map { ($0.hash, $0) }) { first, _ in first }
            let merged = hashes.indices.map { found[$0] ?? byHash[hashes[$0]] }
            let stillMissing = hashes.indices.filter { merged[$0] == nil }.map { hashes[$0] }
            validate(merged.compactMap { $0 }, missing: stillMissing, done)
        }
    }

    private func validate(_ txs: [HashedTransaction], missing: [TxHash], _ done: @escaping Done) {
        gate.validate(txs.map(\.tx)) { refusal in
            if let refusal { return done(.failure(.invalid(refusal))) }
            done(.success(CollectedTransactions(txs: txs, missing: missing)))
        }
    }
}
