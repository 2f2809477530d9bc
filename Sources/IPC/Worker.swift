/// What every worker kind implements; the two drivers (`EventLoopDriver`, `PollingDriver`) call it from one thread.
///
/// Order: `init` (privileged: open, map, load), `start` (nothing more is opened), then in a loop `beforeCredit`,
/// `filter`/`handle` for every message, `afterCredit`, now and then `housekeeping` and `writeMetrics`; at the end `shutdown`.
public protocol Worker: AnyObject {
    /// Opens and loads what the worker needs. May take long: see `WorkerContext.expectSilence`.
    init(_ context: WorkerContext) throws
    /// Begins to work: timers, requests, listening.
    func start() throws
    /// Once a turn before messages are taken; publishes only if links have credits.
    func beforeCredit()
    /// Whether the payload is wanted at all, by signature and kind.
    func filter(_ message: RingMessage, from link: InputLink) -> Bool
    /// One message, copied out of shared memory: parse with bounds, then act. The same message may come again after a restart.
    func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink)
    func afterCredit()
    /// Something waits that came from another thread of this process; see `WorkerContext.wake`.
    var hasWork: Bool { get }
    /// Messages of an unreliable link were missed.
    func overrun(_ link: InputLink, lost: UInt64)
    /// The link's producer is a new process: what it had promised may have to be asked again.
    func producerRestarted(_ link: InputLink)
    /// A send that was refused for want of credits can be repeated.
    func creditsReturned(_ link: OutputLink)
    /// About ten times a second.
    func housekeeping(now: UInt64)
    /// After housekeeping: figures into the metric slots.
    func writeMetrics(_ region: WorkerRegion)
    /// Ordered stop: finish what must be finished, then call `finished` (now or later, within the kind's time limit).
    func shutdown(_ finished: @escaping () -> Void)
}

extension Worker {
    public func beforeCredit() {}
    public func filter(_ message: RingMessage, from link: InputLink) -> Bool { true }
    public func handle(_ message: RingMessage, payload: RawSpan, from link: InputLink) { link.countMalformed() }
    public func afterCredit() {}
    public var hasWork: Bool { false }
    public func overrun(_ link: InputLink, lost: UInt64) {}
    public func producerRestarted(_ link: InputLink) {}
    public func creditsReturned(_ link: OutputLink) {}
    public func housekeeping(now: UInt64) {}
    public func writeMetrics(_ region: WorkerRegion) {}
    public func shutdown(_ finished: @escaping () -> Void) { finished() }
}
