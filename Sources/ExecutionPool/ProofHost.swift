import Messages
public import PublicExecution

/// The asking half of proof verification: gives proofs to executors, a few each, and gives those of a dead one to another.
/// Knows messages, not rings. One thread. Part of a `PoolHost`, which tells it of executors.
///
/// A proof that ends two executors, or that nobody verified in its time, is «unavailable»: the fault is ours, its
/// transaction may be good.
public final class ProofHost {
    public struct Limits: Sendable {
        /// Proofs an executor has at once: it need not wait for the next.
        public var perExecutor = 2
        /// From the question on, executors gone and come back included. Less than an executor's heartbeat limit, so that
        /// one that takes too long can still say so.
        public var nanos: UInt64 = 4_000_000_000
        /// What its answer has beyond that.
        public var graceNanos: UInt64 = 500_000_000
        /// Executors one proof may end.
        public var strikes = 2
    }

    public struct Figures: Sendable, Equatable {
        public var asked: UInt64 = 0
        public var valid: UInt64 = 0
        public var invalid: UInt64 = 0
        public var unavailable: UInt64 = 0
        /// Given to another executor.
        public var reissued: UInt64 = 0
        public var malformed: UInt64 = 0
    }

    private struct Question {
        /// The transaction, in the protocol's form.
        var tx: [UInt8]
        var deadline: UInt64
        var strikes = 0
        var done: (ProofVerdict) -> Void
    }

    public private(set) var figures = Figures()
    public var limits = Limits()

    private let send: (ExecutorMessageKind, ExecutorSignature, [UInt8]) -> Void
    private let clock: () -> UInt64
    private var nextTicket: UInt64
    private var questions: [UInt64: Question] = [:]
    /// Tickets that no executor has, oldest first.
    private var free: [UInt64] = []
    /// What each executor has, in the order it works them off: also what was given up and it did not answer yet, so that
    /// one that says nothing gets nothing.
    private var held: [Int: [UInt64]] = [:]

    /// `firstTicket`: different in each process, so that answers to a predecessor are not taken for ours.
    init(firstTicket: UInt64, clock: @escaping () -> UInt64, send: @escaping (ExecutorMessageKind, ExecutorSignature, [UInt8]) -> Void) {
        nextTicket = firstTicket
        self.clock = clock
        self.send = send
    }

    public var openCount: Int { questions.count }

    /// `tx`: in the protocol's form. `done` comes later, once, never from this call.
    public func verify(_ tx: [UInt8], _ done: @escaping (ProofVerdict) -> Void) {
        questions[nextTicket] = Question(tx: tx, deadline: clock() &+ limits.nanos, done: done)
        free.append(nextTicket)
        nextTicket += 1
        figures.asked += 1
        assign()
    }

    // MARK: Executors

    func joined(_ executor: Int) {
        held[executor] = held[executor] ?? []
        assign()
    }

    /// `isFault`: it may have been its work, which is the oldest that it had.
    func lost(_ executor: Int, isFault: Bool) {
        let tickets = held.removeValue(forKey: executor) ?? []
        if isFault, let running = tickets.first { questions[running]?.strikes += 1 }
        for ticket in tickets.reversed() {
            guard let question = questions[ticket] else { continue }
            if question.strikes >= limits.strikes {
                settle(ticket, .unavailable("verifying its proof ended \(question.strikes) executors"))
            } else {
                figures.reissued += 1
                free.insert(ticket, at: 0)
            }
        }
        assign()
    }

    /// A verdict, whole, from an executor.
    public func receive(_ body: [UInt8], from executor: Int) {
        guard let answer = ProofVerdictMessage(body.span.bytes), Int(answer.executor) == executor else {
            figures.malformed += 1
            return
        }
        // Of a predecessor's.
        guard let place = held[executor]?.firstIndex(of: answer.ticket) else { return }
        held[executor]!.remove(at: place)
        switch answer.status {
        case .valid: settle(answer.ticket, .valid)
        case .invalid: settle(answer.ticket, .invalid)
        case .unavailable: settle(answer.ticket, .unavailable(String(decoding: answer.text.prefix(1000), as: UTF8.self)))
        case .tookTooLong: settle(answer.ticket, .unavailable("verifying its proof took too long"))
        }
        assign()
    }

    /// Gives up what is overdue. Now and then.
    public func tick() {
        let now = clock()
        for ticket in questions.keys.sorted() where questions[ticket].map({ $0.deadline &+ limits.graceNanos <= now }) == true {
            free.removeAll { $0 == ticket }
            settle(ticket, .unavailable(held.isEmpty ? "no executor is there to verify its proof" : "no executor came to verify its proof"))
        }
        assign()
    }

    private func settle(_ ticket: UInt64, _ verdict: ProofVerdict) {
        guard let question = questions.removeValue(forKey: ticket) else { return }
        switch verdict {
        case .valid: figures.valid += 1
        case .invalid: figures.invalid += 1
        case .unavailable: figures.unavailable += 1
        }
        question.done(verdict)
    }

    private func assign() {
        while let ticket = free.first, let idlest = held.min(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }), idlest.value.count < limits.perExecutor {
            free.removeFirst()
            guard let question = questions[ticket] else { continue }
            held[idlest.key]!.append(ticket)
            let message = ProofMessage(ticket: ticket, deadline: question.deadline, tx: question.tx)
            send(.proof, ExecutorSignature(target: UInt16(idlest.key), session: ticket), message.payload)
        }
    }
}
