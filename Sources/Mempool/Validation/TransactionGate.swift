import Bytes
import Field
public import Protocol
public import PublicExecution

/// Why a gossiped object is not taken, with what that means for who sent it.
public struct Refusal: Error, Equatable, Sendable {
    public var judgement: GossipJudgement
    public var reason: String

    init(_ verdict: GossipVerdict, _ penalty: PeerErrorSeverity? = nil, _ reason: String) {
        judgement = GossipJudgement(verdict, penalty: penalty)
        self.reason = reason
    }
}

/// Judges gossiped transactions («note 07 §6»). One thread.
public final class TransactionGate {
    public struct Settings: Sendable {
        public var setupAllowList = SetupAllowList.default
        /// Blocks after which a spent nullifier is punished hard.
        public var doubleSpendWindow: UInt64 = 30

        public init() {}
    }

    public var settings: Settings
    private let chain: any ChainView
    private let verifier: any ProofVerifier
    private var headerHashes = HeaderHashes()

    public init(chain: any ChainView, verifier: any ProofVerifier, settings: Settings = Settings()) {
        self.chain = chain
        self.verifier = verifier
        self.settings = settings
    }

    public typealias Done = (Result<Tx, Refusal>) -> Void

    /// Decoded transactions that wait to be hashed together.
    private var waiting: [(tx: Tx, done: Done)] = []
    private var waitingWords = 0
    /// A first one waits: somebody has to call `flush`.
    var onWaiting: (() -> Void)?

    private static let maximumWaiting = 64
    /// Calldata and class logs of some 30 ms.
    private static let maximumWaitingWords = 16_384

    /// The whole way of a gossiped transaction: `done` gets the transaction when it is to be accepted, which the pool
    /// must store before anyone is told. It waits for others until the owner calls `flush`, at the end of each turn of its
    /// loop: several at once are hashed for what a few cost.
    public func offer(_ payload: ArraySlice<UInt8>, _ done: @escaping Done) {
        switch Self.decode(payload) {
        case .failure(let refusal): done(.failure(refusal))
        case .success(let tx):
            waiting.append((tx, done))
            waitingWords += tx.totalPublicCalldataCount + tx.contractClassLogs.count * ContractClassLogFields.size
            if waiting.count >= Self.maximumWaiting || waitingWords >= Self.maximumWaitingWords { return flush() }
            if waiting.count == 1 { onWaiting?() }
        }
    }

    /// Judges what was offered.
    public func flush() {
        guard !waiting.isEmpty else { return }
        let batch = waiting
        waiting = []
        waitingWords = 0
        for (item, refusal) in zip(batch, check(batch.map(\.tx))) {
            if let refusal { item.done(.failure(refusal)) } else { verify(item.tx, item.done) }
        }
    }

    /// `offer` and `flush` of one alone.
    public func judge(_ payload: ArraySlice<UInt8>, _ done: @escaping Done) {
        switch examine(payload) {
        case .failure(let refusal): done(.failure(refusal))
        case .success(let tx): verify(tx, done)
        }
    }

    private func verify(_ tx: Tx, _ done: @escaping Done) {
        verifier.verify(tx) { verdict in
            switch verdict {
            case .valid: done(.success(tx))
            case .invalid: done(.failure(Refusal(.reject, .mid, TxRejection.proof.rawValue)))
            case .unavailable(let reason): done(.failure(Refusal(.ignore, nil, reason)))
            }
        }
    }

    /// Everything but the proof: decoding and stage 1. Bytes behind the transaction are ignored.
    public func examine(_ payload: ArraySlice<UInt8>) -> Result<Tx, Refusal> {
        Self.decode(payload).flatMap { tx in check(tx).map { .failure($0) } ?? .success(tx) }
    }

    private static func decode(_ payload: ArraySlice<UInt8>) -> Result<Tx, Refusal> {
        do {
            var reader = ByteReader(payload)
            return .success(try Tx(from: &reader))
        } catch {
            return .failure(Refusal(.reject, nil, "transaction: \(error)"))
        }
    }

    /// Stage 1 of a decoded transaction; nil: it passes.
    public func check(_ tx: Tx) -> Refusal? { check([tx])[0] }

    /// Stage 1 of several.
    public func check(_ txs: [Tx]) -> [Refusal?] {
        let validator = validator
        do {
            let state = try chain.state()
            return zip(txs, validator.hashedRules(txs, on: state)).map { tx, hashed in check(tx, hashed, validator, state) }
        } catch {
            // Our own trouble, nobody's fault.
            return txs.map { _ in Refusal(.ignore, nil, "\(error)") }
        }
    }

    private func check(_ tx: Tx, _ hashed: HashedRules, _ validator: ArrivalValidator, _ state: any ExecutionBase) -> Refusal? {
        do {
            let headerHash = headerHashes.hash(of: tx.data.constants.historicalHeader)
            guard let failure = try validator.firstFailure(tx, hashed, on: state, headerHash: headerHash) else { return nil }
            return refusal(tx, failure.rule, failure.reasons.joined)
        } catch {
            return Refusal(.ignore, nil, "\(error)")
        }
    }

    /// One rule's own answer.
    public func validate(_ tx: Tx, _ rule: ArrivalRule) throws(StateUnavailable) -> TxValidation {
        try validator.validate(tx, rule, on: chain.state(), headerHash: headerHashes.hash(of: tx.data.constants.historicalHeader))
    }

    private var blockNumber: UInt64 { chain.tip + 1 }

    private var validator: ArrivalValidator {
        var globals = GlobalVariables.zero
        globals.chainId = chain.chainID
        globals.version = chain.rollupVersion
        globals.blockNumber = Fr(blockNumber)
        globals.gasFees = chain.gasFees
        return ArrivalValidator(globals: globals, setupAllowList: settings.setupAllowList)
    }

    private func refusal(_ tx: Tx, _ rule: ArrivalRule, _ reason: String) -> Refusal {
        switch rule {
        case .data, .metadata, .gas, .blockHeader: Refusal(.reject, .high, reason)
        case .phases: Refusal(.reject, .mid, reason)
        case .doubleSpend: doubleSpend(tx, reason)
        }
    }

    /// Punished hard when the nullifier was there that many blocks ago: an honest peer would know by now.
    private func doubleSpend(_ tx: Tx, _ reason: String) -> Refusal {
        guard blockNumber > settings.doubleSpendWindow else { return Refusal(.reject, .high, reason) }
        do {
            let then = try chain.state(at: blockNumber - settings.doubleSpendWindow)
            for nullifier in tx.data.nonEmptyNullifiers where try then.hasNullifier(nullifier) {
                return Refusal(.reject, .low, reason)
            }
            return Refusal(.reject, .high, reason)
        } catch {
            // The reference fails here, which rejects without further blame.
            return Refusal(.reject, nil, reason)
        }
    }

    // MARK: Transactions that came another way

    /// All checks of every transaction, for those of a proposal («note 07 §13»). `done` gets the first failure.
    public func validate(_ txs: [Tx], _ done: @escaping (Refusal?) -> Void) {
        for case let refusal? in check(txs) { return done(refusal) }
        guard !txs.isEmpty else { return done(nil) }
        var open = txs.count
        for tx in txs {
            verifier.verify(tx) { verdict in
                guard open > 0 else { return }
                switch verdict {
                case .valid:
                    open -= 1
                    if open == 0 { done(nil) }
                case .invalid:
                    open = 0
                    done(Refusal(.reject, .mid, TxRejection.proof.rawValue))
                case .unavailable(let reason):
                    open = 0
                    done(Refusal(.ignore, nil, reason))
                }
            }
        }
    }

    /// Whether a peer's answer is the transaction asked for, with a proof that holds («note 07 §7.2»). No other rule is
    /// applied. `done`: nil when it is; the refusal's penalty is what the peer loses.
    public func checkAnswer(_ tx: Tx, to requested: TxHash, _ done: @escaping (Refusal?) -> Void) {
        // The reference verifies first, but nothing depends on the outcome for a transaction that was not asked for.
        guard tx.hash() == requested else { return done(Refusal(.reject, .mid, "the answer is another transaction")) }
        verifier.verify(tx) { verdict in
            switch verdict {
            case .valid: done(nil)
            case .invalid: done(Refusal(.reject, .low, TxRejection.proof.rawValue))
            case .unavailable(let reason): done(Refusal(.ignore, nil, reason))
            }
        }
    }
}
