import Archive
import Diagnostics
public import EventLoop
import Field
public import L1
import Protocol

/// Follows the rollup on L1: asks for heads, reads events, rebuilds and checks blocks, and has them stored
/// (note 05 §10; what is derived instead of asked is said where it is derived).
@LoopActor public final class ChainFollower {
    public struct Settings: Sendable {
        public var clock: RollupClock
        public var chainID: UInt64
        public var rollupVersion: UInt64
        /// Where logs begin: the rollup's deployment.
        public var startBlock: UInt64
        /// Seconds.
        public var l1SlotDuration: UInt64
        /// Shortest time between two questions for the head.
        public var pollNanos: UInt64

        public init(clock: RollupClock, chainID: UInt64, rollupVersion: UInt64, startBlock: UInt64, l1SlotDuration: UInt64, pollNanos: UInt64) {
            self.clock = clock
            self.chainID = chainID
            self.rollupVersion = rollupVersion
            self.startBlock = startBlock
            self.l1SlotDuration = l1SlotDuration
            self.pollNanos = pollNanos
        }
    }

    /// What happened, for links and metrics.
    public enum Notice: Sendable, Equatable {
        case applied(block: UInt64, txs: Int, nanos: UInt64)
        case unwound(to: UInt64, from: UInt64)
        case proven(UInt64)
        case followedHead(number: UInt64, timestamp: UInt64)
        case initialSyncDone
        case failed(String)
    }

    let settings: Settings
    let source: any ChainSource
    let store: ChainStore
    let loop: EventLoop
    let log = Logger("archiver")
    var schedule: HeadSchedule
    var window = HeadWindow()
    let notify: @LoopActor (Notice) -> Void

    /// Newest head that was followed to its end.
    public private(set) var followed: L1Header?
    /// Newest head any host has shown.
    public private(set) var announced: L1Header?
    /// Newest L2 block that an event has announced: where the sync is going.
    public internal(set) var pendingTarget: UInt64 = 0
    public var isPaused = false
    private var isStopped = false
    private var failures = 0
    /// What L1 has as pending after a prune that we foresaw; nil when we follow it block by block.
    var foreseenPrune: RollupTips?
    /// A step failed with data in hand: what is stored may come from a chain that L1 no longer has.
    var doubt = Doubt.none
    /// After a start and after a reorg: the proven tip of L1 may be lower than ours.
    var reviewsProven = true
    /// Epoch whose committee, and the next one's, are stored; nil after a start and after a reorg.
    var dutiesKnown: UInt64?
    var dutiesFailed = false
    private var lastFeeKey: FeeKey?
    private var nap: Task<Void, Never>?
    private var headsSinceComparison = 0
    /// When a host first showed a head below everything we know.
    private var lagsSince: UInt64?
    private var rootsDiffered: (block: UInt64, times: Int) = (0, 0)

    public init(
        settings: Settings, source: any ChainSource, store: ChainStore, loop: EventLoop, notify: @escaping @LoopActor (Notice) -> Void
    ) {
        self.settings = settings
        self.source = source
        self.store = store
        self.loop = loop
        self.notify = notify
        schedule = HeadSchedule(slotSeconds: Int(settings.l1SlotDuration), denseNanos: settings.pollNanos)
    }

    public func stop() {
        isStopped = true
        nap?.cancel()
    }

    /// Looks at L1 now instead of when the schedule says.
    public func hurry() { nap?.cancel() }

    /// The follower's life: returns after `stop`, throws only what no retry can mend.
    public func run() async throws(ChainStoreError) {
        while !isStopped {
            var wait: UInt64 = 0
            if !isPaused {
                do {
                    try await step()
                    failures = 0
                } catch let error as ChainStoreError where error.isFatal {
                    throw error
                } catch {
                    if isStopped { return }
                    failures += 1
                    switch error {
                    case is ChainStoreError, FollowerError.hole, FollowerError.invalid, FollowerError.tipsDiffer: source.distrust("\(error)")
                    default: break
                    }
                    notify(.failed("\(error)"))
                    log.error("Following L1 failed, trying again: \(error)", ["attempt": LogValue(failures)])
                    let retryAfter = (error as? L1Error)?.retryAfter.map { UInt64(max(0, $0.components.seconds)) * 1_000_000_000 } ?? 0
                    wait = max(retryAfter, min(30_000_000_000, 250_000_000 << UInt64(min(failures - 1, 7))))
                }
            }
            let now = EventLoop.monotonicNanos
            let next = max(schedule.nextQuestion(after: now), now + wait)
            await sleep(nanos: next - now)
        }
    }

    private func sleep(nanos: UInt64) async {
        let loop = loop
        let task = Task { @LoopActor in _ = await loop.sleep(.nanoseconds(Int64(nanos))) }
        nap = task
        await task.value
        nap = nil
    }

    /// Asks for the head once and brings the database to it.
    public func step() async throws {
        let head = try await source.head()
        let seen = EventLoop.monotonicNanos
        if announced.map({ head.number > $0.number }) ?? true { schedule.sawHead(number: head.number, timestamp: head.timestamp, at: seen) }
        announced = head
        do {
            try await follow(head)
            doubt = .none
        } catch {
            // What was applied before the failure may belong to a chain that is gone: the next step looks again.
            window = HeadWindow()
            doubt = max(doubt, error is FollowerError || error is ChainStoreError ? .data : .place)
            throw error
        }
    }

    enum Doubt: Int, Comparable {
        case none, place, data
        static func < (a: Doubt, b: Doubt) -> Bool { a.rawValue < b.rawValue }
    }

    private func follow(_ head: L1Header) async throws {
        if window.newest == nil { try await adoptStoredPoint(head) }
        switch window.classify(number: head.number, hash: head.hash, parentHash: head.parentHash) {
        case .same:
            lagsSince = nil
            // First head after a start, and nothing new since.
            if followed == nil { try await finish(head) }
        case .behind:
            // Known to be ours, or below all we know: then time tells a lagging host from a chain that became shorter.
            if window.hash(of: head.number) != nil { lagsSince = nil } else if lagsTooLong() { try await restart(from: head) }
        case .extends:
            lagsSince = nil
            if head.mayHoldEvents {
                try await apply(try await source.events(in: head.number...head.number), at: head)
            }
            try await finish(head)
        case .gap:
            // A host that lags behind the stored point has nothing to tell yet.
            if let point = try store.syncPoint, point.blockNumber > head.number {
                if lagsTooLong() { try await restart(from: head) }
                break
            }
            lagsSince = nil
            // Heads we did not see lie between: only the host can say whether ours is still below them.
            if let newest = window.newest, try await source.headers([newest.number])[0]?.hash != newest.hash { try await rewind(from: head) }
            try await catchUp(to: head)
            try await finish(head)
        case .reorg:
            try await restart(from: head)
        }
    }

    private func restart(from head: L1Header) async throws {
        lagsSince = nil
        try await rewind(from: head)
        try await catchUp(to: head)
        try await finish(head)
    }

    /// Whether hosts have shown heads below our own for longer than two L1 slots.
    private func lagsTooLong() -> Bool {
        let now = EventLoop.monotonicNanos
        let since = lagsSince ?? now
        lagsSince = since
        return now - since > 2_000_000_000 * settings.l1SlotDuration
    }

    /// After a start or a failed step: continues at the stored sync point if L1 still has that block.
    private func adoptStoredPoint(_ head: L1Header) async throws {
        let point = try store.syncPoint ?? L1SyncPoint(blockNumber: settings.startBlock)
        // A rewind that a kill cut short put the point back before it took back what lies above it.
        let latest = try store.latest
        if try store.hasContent(aboveL1Block: point.blockNumber) {
            let left = try store.takeBack(afterL1Block: point.blockNumber, point: point)
            if left < latest { notify(.unwound(to: left, from: latest)) }
        }
        if doubt == .data { return try await rewindByStoredBlocks(head) }
        if point.blockHash != .zero, point.blockNumber <= head.number {
            guard let header = try await source.headers([point.blockNumber])[0] else { throw FollowerError.missing(l1Block: point.blockNumber, head: head.number) }
            guard header.hash == point.blockHash else {
                log.warn("L1 no longer has the block we stopped at", ["l1Block": LogValue(point.blockNumber)])
                return try await rewindByStoredBlocks(head)
            }
            if doubt == .place { try await checkNewestStored(head) }
        }
        // Only a block that was read to its end can be built upon; without a hash there is nothing to compare with, and
        // the next head is a gap that is read from the point on.
        if window.newest == nil, point.blockHash != .zero, point.logIndex == .max, try store.syncPoint == point {
            window.append(L1BlockID(number: point.blockNumber, hash: point.blockHash))
        }
    }

    /// Ranges read before and after a reorg may have been mixed; blocks cannot, their parent links would not fit.
    private func checkNewestStored(_ head: L1Header) async throws {
        let latest = try store.latest
        guard latest > 0 else { return }
        let place = try store.l1Reference(of: latest)
        guard place.number <= head.number else { return }
        guard let header = try await source.headers([place.number])[0] else { throw FollowerError.missing(l1Block: place.number, head: head.number) }
        if header.hash != place.hash { try await rewindByStoredBlocks(head) }
    }

    /// Everything between the sync point and `head`.
    private func catchUp(to head: L1Header) async throws {
        let point = try store.syncPoint ?? L1SyncPoint(blockNumber: settings.startBlock)
        let partial = point.logIndex != .max
        let from = partial ? point.blockNumber : point.blockNumber + 1
        guard from <= head.number else { return }
        if head.number - from > 64 {
            log.info("Catching up with L1", ["from": LogValue(from), "to": LogValue(head.number)])
        }
        let pipeline = EventPipeline(
            source: source, from: from, to: head.number, skippingThrough: partial ? (point.blockNumber, point.logIndex) : nil)
        defer { pipeline.cancel() }
        var applied = 0
        while let item = try await pipeline.next() {
            if isStopped { throw CancellationError() }
            try await apply(item.event, proposal: item.proposal)
            applied += 1
            // Let the loop serve sockets, rings and the heartbeat between blocks.
            if item.proposal != nil { await loop.sleep(.zero) }
        }
        // A reorg while we read would mix two chains: the head must still be where it was.
        guard let still = try await source.headers([head.number])[0], still.hash == head.hash else {
            throw FollowerError.reorgedWhileReading(block: head.number)
        }
    }

    /// Events of one block, which must be the one the head showed.
    private func apply(_ events: [L1Event], at head: L1Header) async throws {
        if let other = events.first(where: { $0.place.blockHash != head.hash }) { throw FollowerError.reorgedWhileReading(block: other.place.blockNumber) }
        for event in EventPipeline.withoutPruned(events) { try await apply(event, proposal: nil) }
    }

    private func apply(_ event: L1Event, proposal: Task<Proposal, any Error>?) async throws {
        let place = event.place
        let point = L1SyncPoint(blockNumber: place.blockNumber, blockHash: place.blockHash, logIndex: UInt32(clamping: place.logIndex))
        switch event {
        case .messageSent(let message):
            try store.insert(
                InboxMessage(
                    l2Block: message.l2BlockNumber, index: message.index, leaf: message.leaf, rollingHash: message.rollingHash,
                    l1: L1BlockID(number: place.blockNumber, hash: place.blockHash)),
                point: point)
        case .proofVerified(let block, _, _):
            try store.setProven(block, point: point)
            notify(.proven(block))
        case .prunedPending(let proven, let pending, _):
            if try store.latest > proven {
                log.warn("L1 pruned pending blocks", ["proven": LogValue(proven), "pending": LogValue(pending)])
                try unwind(to: proven, point: point)
            } else {
                try store.setSyncPoint(point)
            }
            pendingTarget = proven
            foreseenPrune = nil
        case .blockProposed(let proposed):
            try await apply(proposed, proposal: proposal, point: point)
        }
    }

    private func apply(_ event: BlockProposedEvent, proposal: Task<Proposal, any Error>?, point: L1SyncPoint) async throws {
        let number = event.blockNumber
        pendingTarget = max(pendingTarget, number)
        if let foreseen = foreseenPrune, number == foreseen.pending + 1 {
            // Built on blocks that we took back too early: `reviewForeseenPrune` reads them again from our own tip.
            foreseenPrune?.pending = number
            return try store.setSyncPoint(point)
        }
        var latest = try store.latest
        if number <= latest {
            // Read again after a restart or rewind; another archive under a number we have means L1 dropped ours, and
            // another L1 block that it took the same proposal again after a reorg.
            if try store.archiveRoot(of: number) == event.archive, try store.l1Reference(of: number).hash == event.place.blockHash {
                return try store.setSyncPoint(point)
            }
            try unwind(to: number - 1, point: nil)
            latest = number - 1
        }
        guard number == latest + 1 else {
            throw FollowerError.hole(expected: latest + 1, got: number)
        }
        let parts: Proposal
        if let proposal { parts = try await proposal.value } else { parts = try await source.proposal(event) }
        let start = EventLoop.monotonicNanos
        let block = try BlockAssembly(chainID: settings.chainID, rollupVersion: settings.rollupVersion, store: store).assemble(parts, event)
        try applyOrRebuild(block, point: point)
        // While catching up the supervisor's progress lines say enough.
        log.log(proposal == nil ? .info : .verbose,
            "Applied L2 block \(number)",
            ["l2Block": LogValue(number), "txs": LogValue(block.block.body.txEffects.count), "l1Block": LogValue(event.place.blockNumber)])
        notify(.applied(block: number, txs: block.block.body.txEffects.count, nanos: EventLoop.monotonicNanos - start))
    }

    /// A block whose roots differ is asked for again once, from another host; if they differ again the blobs are beyond
    /// doubt (their commitments are on L1) and the local trees are built anew; the third time nothing here can mend it.
    private func applyOrRebuild(_ block: ArchivedBlock, point: L1SyncPoint) throws(ChainStoreError) {
        do { try store.apply(block, point: point) } catch {
            guard case .rootsDiffer(let number, let reason) = error else { throw error }
            let times = rootsDiffered.block == number ? rootsDiffered.times + 1 : 1
            rootsDiffered = (number, times)
            if times == 2 {
                log.error("Roots differ again, suspecting the local trees: \(error)")
                try store.rebuildTrees()
            }
            throw times > 2 ? .treesBeyondRepair(block: number, reason) : error
        }
    }

    func unwind(to number: UInt64, point: L1SyncPoint?) throws(ChainStoreError) {
        let from = try store.latest
        guard from > number else { return }
        try store.unwind(to: number, point: point)
        notify(.unwound(to: number, from: from))
    }

    /// What is done at the end of each head: prune prediction, fees, sync point.
    private func finish(_ head: L1Header) async throws {
        window.append(head.id)
        if reviewsProven {
            let (tips, _) = try await source.tips(canPruneAt: head.timestamp + settings.l1SlotDuration, block: head.number)
            if tips.proven < (try store.provenRecord) { try store.lowerProven(to: tips.proven) }
            reviewsProven = false
            // The pending tip as well: a reorg may have taken a prune back, whose blocks nobody proposes again.
            headsSinceComparison = Self.headsPerComparison
        }
        try await foreseePrune(at: head)
        try await compareTips(at: head)
        let fees = try await manaBaseFees(at: head)
        let first = try store.finish(
            L1HeadFacts(number: head.number, timestamp: head.timestamp, manaBaseFees: fees),
            point: L1SyncPoint(blockNumber: head.number, blockHash: head.hash))
        followed = head
        if first { notify(.initialSyncDone) }
        notify(.followedHead(number: head.number, timestamp: head.timestamp))
        try await followDuties(at: head)
    }

    // MARK: Prunes that are about to happen

    /// The rollup prunes when somebody next proposes or proves after the window; the reference unwinds one L1 slot
    /// before that is possible, and so do we. The condition is computed; L1 is asked once before anything is undone.
    private func foreseePrune(at head: L1Header) async throws {
        let next = head.timestamp + settings.l1SlotDuration
        if foreseenPrune != nil { return try await reviewForeseenPrune(at: head, next: next) }
        let proven = try store.proven
        guard try store.latest > proven, let oldest = try store.slot(of: proven + 1),
            settings.clock.canPrune(oldestUnprovenSlot: oldest, at: next)
        else { return }
        let (tips, canPrune) = try await source.tips(canPruneAt: next, block: head.number)
        guard canPrune, tips.proven < (try store.latest) else { return }
        log.warn(
            "The proof window of pending blocks is over, unwinding them",
            ["blockNumber": LogValue(tips.proven + 1), "slotNumber": LogValue(oldest), "epochNumber": LogValue(settings.clock.epoch(ofSlot: oldest))])
        try unwind(to: max(tips.proven, proven), point: nil)
        foreseenPrune = tips
    }

    /// A foreseen prune did not happen if L1 can no longer prune what it has pending: those blocks are read again.
    private func reviewForeseenPrune(at head: L1Header, next: UInt64) async throws {
        let (tips, canPrune) = try await source.tips(canPruneAt: next, block: head.number)
        let latest = try store.latest
        guard !canPrune || tips.pending == latest else { return }
        foreseenPrune = nil
        guard tips.pending > latest else { return }
        log.info("A foreseen prune did not happen, reading blocks again", ["pending": LogValue(tips.pending)])
        try store.rewindReading(startBlock: settings.startBlock)
        try await catchUp(to: head)
    }

    // MARK: What a host may have kept from us

    /// Heads between two comparisons of our tip with the rollup's own word.
    private static let headsPerComparison = 25

    /// Events are only asked for where a head's bloom filter allows them, so a host with empty filters would hide them:
    /// every few minutes L1 is asked what its tip is, and a difference has everything after our tip read again.
    private func compareTips(at head: L1Header) async throws {
        headsSinceComparison += 1
        guard headsSinceComparison >= Self.headsPerComparison, foreseenPrune == nil else { return }
        headsSinceComparison = 0
        let (tips, canPrune) = try await source.tips(canPruneAt: head.timestamp + settings.l1SlotDuration, block: head.number)
        let latest = try store.latest
        guard tips.pending != latest else { return }
        // A restart forgets that we foresaw a prune.
        if canPrune, latest == tips.proven {
            foreseenPrune = tips
            return
        }
        throw FollowerError.tipsDiffer(ours: latest, theirs: tips.pending)
    }

    // MARK: Fees

    private struct FeeKey: Equatable {
        var slot: UInt64
        var tip: UInt64
        var proven: UInt64
    }

    /// The fee the API answers as current (note 05 §6): asked only when its slot or the tips have changed.
    private func manaBaseFees(at head: L1Header) async throws -> [L1HeadFacts.SlotFee] {
        let latest = try store.latest
        let nextSlot = try store.slot(of: latest).map { $0 + 1 } ?? 0
        let time = max(settings.clock.timestamp(ofSlot: nextSlot), head.timestamp + settings.l1SlotDuration)
        let key = FeeKey(slot: settings.clock.slot(at: time), tip: latest, proven: try store.proven)
        if key == lastFeeKey, let known = try store.head?.manaBaseFees { return known }
        let fee = try await source.manaBaseFee(at: time, block: head.number)
        lastFeeKey = key
        return [L1HeadFacts.SlotFee(slot: key.slot, feePerL2Gas: fee)]
    }
}
