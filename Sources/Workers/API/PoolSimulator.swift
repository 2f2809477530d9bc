import EventLoop
import ExecutionPool
import Field
import Glibc
import NodeAPI
import Protocol
import PublicExecution
import Synchronization

/// `node_simulatePublicCalls` on the executors: the server's threads wait here, the worker's loop orders and hears.
///
/// On overload calls beyond `limit` are refused at once.
final class PoolSimulator: PublicSimulator {
    private static let limit = 32
    private static let patience: UInt64 = 30_000_000_000

    private typealias Ticket = AwaitedAnswer<Result<SimulationResult, RPCFailure>>

    private let mailbox: LoopMailbox
    private let countsOperations: Bool
    private let waiting = Atomic<Int>(0)
    /// Used on the loop's thread only.
    nonisolated(unsafe) private let links: PoolLinks

    init(_ links: PoolLinks, loop: EventLoop, countsOperations: Bool) throws {
        self.links = links
        self.countsOperations = countsOperations
        mailbox = try loop.mailbox()
    }

    func simulate(_ request: SimulationRequest) throws(RPCFailure) -> SimulationResult {
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.limit else { throw .failed("Too many simulations at once; try again") }
        // Hashing and packing on this thread, not on the loop.
        let tx = PoolTx(request.tx)
        let ticket = Ticket()
        mailbox.post { [self] in begin(request, tx, ticket) }
        guard let answer = ticket.wait(nanoseconds: Self.patience) else { throw .failed("The simulation did not end in time") }
        return try answer.get()
    }

    private func begin(_ request: SimulationRequest, _ tx: PoolTx, _ ticket: Ticket) {
        var block = PoolRequest(
            globals: request.globals, baseBlock: UInt32(clamping: request.base), validates: false, skipsFeeEnforcement: request.skipsFeeEnforcement)
        block.countsOpcodes = countsOperations
        block.limits.deadline = PoolLinks.now() &+ Self.patience
        let session = links.host.begin(block) { outcome, _ in ticket.settle(Self.answer(outcome)) }
        links.host.offer([tx], to: session)
        links.host.complete(session)
        links.turn()
    }

    private static func answer(_ outcome: BlockOutcome) -> Result<SimulationResult, RPCFailure> {
        if let done = outcome.committed.first?.tx {
            return .success(SimulationResult(effect: done.effect, gasUsed: done.gasUsed, revertReason: done.revertReason, returnValues: done.returnValues))
        }
        if let reason = outcome.failed.first?.reason ?? outcome.skipped.first?.reason { return .failure(.failed(reason)) }
        switch outcome.stop {
        case .unavailable(let reason): return .failure(.failed("The state to simulate on cannot be read: \(reason)"))
        case .deadline: return .failure(.failed("The simulation did not end in time"))
        case .done, .maxTransactions: return .failure(.failed("The simulation has no result"))
        }
    }
}
