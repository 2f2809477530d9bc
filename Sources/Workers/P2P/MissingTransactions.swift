import Bytes
import Mempool
import PeerNetwork
import Protocol

/// Brings transactions that others have into the pool, a batch at a time («note 07 §12»). Mined ones of the chain need their
/// hash and proof only; any other passes the gate like one that was gossiped.
final class MissingTransactions {
    private let network: NetworkNode
    private let pools: Pools
    private var wanted: [TxHash] = []
    private var isAsking = false

    /// Hashes per batch, and those that wait: beyond that the oldest are let go, for blocks that are proven soon.
    private static let batch = 64
    private static let limit = 4096

    init(_ network: NetworkNode, _ pools: Pools) {
        self.network = network
        self.pools = pools
    }

    func want(_ hashes: [TxHash]) {
        wanted += hashes
        if wanted.count > Self.limit { wanted.removeFirst(wanted.count - Self.limit) }
        ask()
    }

    private func isMined(_ hash: TxHash) -> Bool {
        if case .mined = (try? pools.transactions.status(of: hash)) ?? nil { true } else { false }
    }

    private func ask() {
        guard !isAsking, !wanted.isEmpty else { return }
        let hashes = Array(wanted.prefix(Self.batch))
        wanted.removeFirst(hashes.count)
        isAsking = true
        network.requestTransactions(hashes.map { Bytes32($0.field) }) { [weak self] found in
            guard let self else { return }
            isAsking = false
            var pending: [(hash: TxHash, tx: Tx)] = []
            for (hash, bytes) in zip(hashes, found) {
                guard let bytes, let tx = try? Tx(exactly: bytes) else { continue }
                if isMined(hash) { pools.intake.offer(tx, hash: hash) { _ in } } else { pending.append((hash, tx)) }
            }
            let refusals = pools.judge?.transactions.check(pending.map(\.tx)) ?? pending.map { _ in nil }
            for (item, refusal) in zip(pending, refusals) where refusal == nil { pools.intake.offer(item.tx, hash: item.hash) { _ in } }
            pools.intake.flush()
            ask()
        }
    }
}
