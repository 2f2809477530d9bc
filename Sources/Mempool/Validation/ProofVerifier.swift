public import Protocol
public import PublicExecution

/// Checks client proofs («note 09»). `done` is called once, at once or later, on the caller's thread.
public protocol ProofVerifier: AnyObject {
    func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void)
}

/// `--p2p.proofVerifier=none`: takes every proof for good. For test networks whose nodes make none; must be said.
public final class UncheckedProofs: ProofVerifier {
    public init() {}
    public func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void) { done(.valid) }
}

/// Where there is nobody to ask: what cannot be checked is not taken.
public final class RefusedProofs: ProofVerifier {
    public init() {}
    public func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void) { done(.unavailable(NoProofChecker.reason)) }
}

/// Lets `lanes` transactions at a time into a verifier and keeps up to `limit` waiting; beyond that the answer is
/// `unavailable` at once: a flood costs its senders, not memory.
public final class ProofQueue: ProofVerifier {
    private let verifier: any ProofVerifier
    private let lanes: Int
    private let limit: Int
    private var running = 0
    private var waiting: [(tx: Tx, done: (ProofVerdict) -> Void)] = []
    private var first = 0
    private var isStarting = false
    public private(set) var refused: UInt64 = 0

    public init(_ verifier: any ProofVerifier, lanes: Int, limit: Int) {
        precondition(lanes > 0 && limit >= 0)
        self.verifier = verifier
        self.lanes = lanes
        self.limit = limit
    }

    public var waitingCount: Int { waiting.count - first }
    public var runningCount: Int { running }

    public func verify(_ tx: Tx, _ done: @escaping (ProofVerdict) -> Void) {
        guard running < lanes || waitingCount < limit else {
            refused += 1
            return done(.unavailable("\(waitingCount) transactions wait for their proofs to be verified"))
        }
        waiting.append((tx, done))
        start()
    }

    /// A loop, so that a verifier that answers at once does not deepen the stack.
    private func start() {
        guard !isStarting else { return }
        isStarting = true
        while running < lanes, first < waiting.count {
            let (tx, done) = waiting[first]
            first += 1
            if first > 32, first * 2 > waiting.count {
                waiting.removeFirst(first)
                first = 0
            }
            running += 1
            var isDone = false
            verifier.verify(tx) { [self] verdict in
                // A second answer to one question must not count twice.
                guard !isDone else { return }
                isDone = true
                running -= 1
                done(verdict)
                start()
            }
        }
        isStarting = false
    }
}
