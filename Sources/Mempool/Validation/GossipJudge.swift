public import Protocol

/// What a gossiped object means for its sender and for the pools («note 07 §6»), once its wrapper is off. One thread.
public final class GossipJudge {
    public let transactions: TransactionGate
    public let proposals: ProposalGate
    public let attestations: AttestationGate
    private let pool: TransactionPool
    private let attestationPool: AttestationPool
    private let intake: TransactionIntake
    /// A proposal to act on; its transactions are protected in the pool by then.
    public var onProposal: ((BlockProposal) -> Void)?

    public init(
        transactions: TransactionGate, committee: any CommitteeSource, pool: TransactionPool, attestationPool: AttestationPool, intake: TransactionIntake
    ) {
        self.transactions = transactions
        proposals = ProposalGate(committee: committee)
        attestations = AttestationGate(committee: committee)
        self.pool = pool
        self.attestationPool = attestationPool
        self.intake = intake
        // Judged when what is accepted is stored: at the end of the owner's turn.
        transactions.onWaiting = { [unowned intake] in intake.onWaiting?() }
        intake.upstream = { [weak transactions] in transactions?.flush() }
    }

    /// `done` gets nil for what is to be accepted: by then it is in its pool, since nobody may be told of what can still be lost.
    /// - Parameter time: local clock, seconds since 1970.
    public func judge(_ topic: GossipTopic, _ payload: ArraySlice<UInt8>, at time: UInt64, _ done: @escaping (Refusal?) -> Void) {
        switch topic {
        case .tx:
            transactions.offer(payload) { [intake] result in
                switch result {
                case .failure(let refusal): done(refusal)
                case .success(let tx): intake.offer(tx) { done(Self.refusal($0)) }
                }
            }
        case .blockProposal:
            switch proposals.judge(payload, at: time) {
            case .failure(let refusal): done(refusal)
            case .success(let proposal):
                pool.markNonEvictable(proposal.payload.txHashes)
                onProposal?(proposal)
                done(nil)
            }
        case .blockAttestation:
            switch attestations.judge(payload, at: time) {
            case .failure(let refusal): done(refusal)
            case .success(let accepted):
                do throws(PoolError) {
                    try attestationPool.add([accepted])
                    done(nil)
                } catch { done(Self.refusal(.failure(error))) }
            }
        }
    }

    /// What we cannot store is nobody's fault.
    private static func refusal(_ stored: Result<TxHash, PoolError>) -> Refusal? {
        switch stored {
        case .success: nil
        case .failure(let error): Refusal(.ignore, nil, "\(error)")
        }
    }
}
