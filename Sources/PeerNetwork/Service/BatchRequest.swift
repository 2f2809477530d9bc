import EventLoop
import PeerTransport
public import PeerIdentity
public import Protocol

/// What became of a response.
public enum ResponseVerdict: Hashable, Sendable {
    case valid
    /// Not what was asked for; the peer pays.
    case invalid(PeerErrorSeverity?)
    /// Not readable at all: the peer is asked no more, without blame.
    case undecodable
}

/// A `BatchPlan` at work. Ends when everything is found, nobody is left to ask, or time is up; what has been found by
/// then is kept (the reference loses it on a timeout).
public final class BatchRequest {
    /// Judges the response to request `index`; may answer later.
    public typealias Validator = (_ index: Int, _ response: [UInt8], _ peer: PeerID, _ verdict: @escaping (ResponseVerdict) -> Void) -> Void

    private let client: RequestClient
    private let kind: RequestProtocol
    private let requests: [[UInt8]]
    private var plan: BatchPlan
    private let validate: Validator
    private var done: (([[UInt8]?]) -> Void)?
    private var responses: [[UInt8]?]
    private var timer: LoopTimer?
    private var end: LoopTimer?

    init(_ client: RequestClient, _ kind: RequestProtocol, _ requests: [[UInt8]], _ plan: BatchPlan, _ validate: @escaping Validator, _ done: @escaping ([[UInt8]?]) -> Void) {
        self.client = client
        self.kind = kind
        self.requests = requests
        self.plan = plan
        self.validate = validate
        self.done = done
        responses = Array(repeating: nil, count: requests.count)
    }

    func start(_ millis: Int) {
        // The timers hold it until it ends. Limits and lingering requests free work between answers, hence the ticks.
        timer = client.loop.every(.milliseconds(50)) { self.pump() }
        end = client.loop.after(.milliseconds(millis)) { self.finish() }
        pump()
    }

    /// No more is wanted: ends at once with what there is.
    public func cancel() { finish() }

    private func pump() {
        guard done != nil else { return }
        for assignment in plan.next(now: client.clock(), mayAsk: { client.wait(kind, $0) == 0 }) {
            client.send(kind, to: assignment.peer, requests[assignment.index]) { self.received($0, assignment) }
        }
        if plan.isFinished { finish() }
    }

    private func received(_ result: Result<RequestResponse, StreamFailure>, _ assignment: BatchPlan.Assignment) {
        guard done != nil else { return }
        plan.release(assignment.peer)
        guard case .success(let response) = result, response.status == .success else {
            plan.settle(assignment, .failed)
            return pump()
        }
        guard !response.data.isEmpty, !plan.isSettled(assignment.index) else {
            plan.settle(assignment, .empty)
            return pump()
        }
        validate(assignment.index, response.data, assignment.peer) { verdict in self.judged(verdict, response.data, assignment) }
        pump()
    }

    private func judged(_ verdict: ResponseVerdict, _ data: [UInt8], _ assignment: BatchPlan.Assignment) {
        guard done != nil else { return }
        switch verdict {
        case .valid:
            responses[assignment.index] = responses[assignment.index] ?? data
            plan.settle(assignment, .valid)
        case .invalid(let severity):
            if let severity { client.onPenalty?(assignment.peer, severity) }
            plan.settle(assignment, .invalid)
        case .undecodable: plan.settle(assignment, .failed)
        }
        pump()
    }

    private func finish() {
        guard let done else { return }
        self.done = nil
        timer?.cancel()
        end?.cancel()
        done(responses)
    }
}
