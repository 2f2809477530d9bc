public import Protocol

public enum ProofVerdict: Equatable, Sendable {
    case valid
    case invalid
    /// Nobody could tell; the transaction is not at fault.
    case unavailable(String)
}

/// Verifies client proofs («note 09») where there is time for it: in an executor, on its thread.
public protocol ProofChecker: AnyObject {
    /// `isCancelled` wants to be asked every few milliseconds; once it says so, any answer is thrown away.
    func check(_ tx: Tx, isCancelled: () -> Bool) -> ProofVerdict
}

/// As long as there is no verifier: what cannot be checked is not taken.
public final class NoProofChecker: ProofChecker {
    public static let reason = "This node cannot verify transaction proofs, so it takes no transactions (a test network without proofs is run with --p2p.proofVerifier=none)"

    public init() {}
    public func check(_ tx: Tx, isCancelled: () -> Bool) -> ProofVerdict { .unavailable(Self.reason) }
}
