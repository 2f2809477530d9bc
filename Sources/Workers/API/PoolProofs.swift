import Bytes
import EventLoop
import ExecutionPool
import NodeAPI
import Protocol
import PublicExecution
import Synchronization

/// Proofs of users' transactions, verified by the executors: the server's threads wait here, the worker's loop asks and hears.
///
/// On overload calls beyond `limit` are refused at once.
final class PoolProofs: TxProofVerifier {
    private static let limit = 32
    private static let patience: UInt64 = 15_000_000_000

    private let mailbox: LoopMailbox
    private let waiting = Atomic<Int>(0)
    /// Used on the loop's thread only.
    nonisolated(unsafe) private let host: ProofHost

    init(_ links: PoolLinks, loop: EventLoop) throws {
        host = links.host.proofs
        mailbox = try loop.mailbox()
    }

    func verify(_ tx: Tx) throws(RPCFailure) -> Bool {
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.limit else { throw .failed("Too many proofs to verify at once; try again") }
        // Packing on this thread, not on the loop.
        let bytes = tx.serialized
        let ticket = AwaitedAnswer<ProofVerdict>()
        mailbox.post { [self] in host.verify(bytes) { ticket.settle($0) } }
        switch ticket.wait(nanoseconds: Self.patience) {
        case .valid: return true
        case .invalid: return false
        case .unavailable(let reason): throw .failed(reason)
        case nil: throw .failed("The proof was not verified in time")
        }
    }
}
