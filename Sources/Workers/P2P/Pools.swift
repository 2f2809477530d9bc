import Configuration
import ExecutionPool
import IPC
import Mempool
import Messages
import Protocol
import PublicExecution
import Storage

/// The pools with what guards their doors.
final class Pools {
    let transactions: TransactionPool
    let attestations: AttestationPool
    let intake: TransactionIntake
    private(set) var judge: GossipJudge?
    private var proofs: ProofQueue?

    private let configuration: ResolvedConfiguration
    private var follower: PoolFollower?

    /// Proofs at the executors, and those that wait; each keeps its transaction.
    private static let askedProofs = 16
    private static let waitingProofs = 64

    init(_ directory: String, _ configuration: ResolvedConfiguration) throws {
        self.configuration = configuration
        let database = try PoolDatabase.open(directory)
        transactions = try TransactionPool(
            database, limits: .init(maximumSize: configuration.maxTxPoolSize, archivedTransactions: configuration.archivedTxLimit))
        attestations = try AttestationPool(database)
        intake = TransactionIntake(transactions)
    }

    /// Once, when the chain database is there.
    func attach(_ chain: ArchiveChain, executors: PoolLinks?) throws {
        follower = try PoolFollower(pool: transactions, attestations: attestations, chain: chain)
        let verifier: any ProofVerifier = configuration.takesUncheckedProofs ? UncheckedProofs() : executors.map { ExecutorProofs($0.host.proofs) } ?? RefusedProofs()
        let proofs = ProofQueue(verifier, lanes: Self.askedProofs, limit: Self.waitingProofs)
        self.proofs = proofs
        var settings = TransactionGate.Settings()
        settings.doubleSpendWindow = UInt64(configuration.doubleSpendWindow)
        settings.setupAllowList = try configuration.setupAllowList()
        judge = GossipJudge(
            transactions: TransactionGate(chain: chain, verifier: proofs, settings: settings), committee: chain,
            pool: transactions, attestationPool: attestations, intake: intake)
    }

    func follow(_ chain: ArchiveChain) throws -> PoolFollower.Report {
        guard let follower else { preconditionFailure("attach comes first") }
        return try follower.follow()
    }

    func writeMetrics(_ region: WorkerRegion) {
        region.set(.mempoolTxCount, transactions.count)
        region.set(.mempoolTxSize, transactions.size)
        region.set(.mempoolAttestationCount, attestations.count)
        region.set(.mempoolWaitingProofs, proofs.map { $0.waitingCount + $0.runningCount } ?? 0)
    }
}
