public import Protocol

/// The node's transaction pool as the API reads it; any thread. What it says is as new as its last look at the pool's
/// database.
public protocol PoolReader: Sendable {
    func pendingCount() throws(RPCFailure) -> Int
    /// Best first, until `body` returns false. `bytes`: the transaction's binary form.
    func eachPending(_ body: (_ hash: TxHash, _ bytes: [UInt8]) -> Bool) throws(RPCFailure)
    /// Binary form of a transaction that is pending, or mined and not yet deleted.
    func transaction(_ hash: TxHash) throws(RPCFailure) -> [UInt8]?
    func isPending(_ hash: TxHash) throws(RPCFailure) -> Bool
}

/// Brings a transaction to the pool's process. Any thread.
public protocol TxSubmitter: Sendable {
    /// Returns when the transaction is on the device; what is known already is no error. It is gossiped later.
    func submit(_ tx: Tx) throws(RPCFailure)
}

/// Validates a transaction against the newest block, but for its proof («note 08 §3.5»). Any thread.
public protocol TxChecker: Sendable {
    /// - Parameters:
    ///   - globals: chain, version, number and fees of the next block.
    func validate(_ tx: Tx, globals: GlobalVariables, enforcesFees: Bool) throws(RPCFailure) -> TxValidationResult
}

/// Verifies a client proof. Any thread; waits.
public protocol TxProofVerifier: Sendable {
    func verify(_ tx: Tx) throws(RPCFailure) -> Bool
}

/// What the methods about transactions work with. nil: this node has none.
public struct TransactionServices: Sendable {
    public enum Proofs: Sendable {
        /// `--p2p.proofVerifier=none`: every proof is good.
        case unchecked
        /// Nobody here can verify: what depends on it fails.
        case refused
        case verified(any TxProofVerifier)
    }

    public var pool: (any PoolReader)?
    public var submitter: (any TxSubmitter)?
    public var checker: (any TxChecker)?
    public var proofs: Proofs
    /// Most bytes of transactions in one answer.
    public var maximumAnswerBytes = 128 << 20

    public init(pool: (any PoolReader)? = nil, submitter: (any TxSubmitter)? = nil, checker: (any TxChecker)? = nil, proofs: Proofs = .refused) {
        self.pool = pool
        self.submitter = submitter
        self.checker = checker
        self.proofs = proofs
    }
}
