import Bytes
import ExecutionPool
import Mempool
import Protocol
import PublicExecution

/// Proofs of peers' transactions, verified by the node's executors («architecture §6»).
final class ExecutorProofs: ProofVerifier {
    private let host: ProofHost

    init(_ host: ProofHost) { self.host = host }

    func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void) { host.verify(tx.serialized, done) }
}
