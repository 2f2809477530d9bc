import L1
import Protocol

/// Events of a span of L1 in order, with the next ranges and proposals being fetched while the current one is applied.
@LoopActor final class EventPipeline {
    struct Item {
        var event: L1Event
        /// Started when the event came into view; nil for events that need nothing more.
        var proposal: Task<Proposal, any Error>?
    }

    /// L1 blocks in one request for logs; the client halves it where a host refuses so many.
    static let rangeSize: UInt64 = 2000
    static let rangesAhead = 3
    static let proposalsAhead = 24

    private let source: any ChainSource
    private let end: UInt64
    private var nextStart: UInt64
    private var ranges: [(from: UInt64, to: UInt64, task: Task<[L1Event], any Error>)] = []
    private var items: [Item] = []
    private var firstItem = 0
    /// All L1 blocks up to here have been handed out.
    private(set) var handedOut: UInt64

    /// - Parameter logIndex: events of block `from` up to and including this log are skipped.
    init(source: any ChainSource, from: UInt64, to: UInt64, skippingThrough skipped: (block: UInt64, logIndex: UInt32)?) {
        self.source = source
        nextStart = from
        end = to
        handedOut = from &- 1
        self.skipped = skipped
    }

    private let skipped: (block: UInt64, logIndex: UInt32)?

    /// Stops what is under way; the pipeline is not used afterwards.
    func cancel() {
        for range in ranges { range.task.cancel() }
        for item in items[firstItem...] { item.proposal?.cancel() }
    }

    private func fillRanges() {
        while ranges.count < Self.rangesAhead, nextStart <= end {
            let from = nextStart
            let to = min(end, from + Self.rangeSize - 1)
            let source = source
            ranges.append((from, to, Task { @LoopActor in try await source.events(in: from...to) }))
            nextStart = to + 1
        }
    }

    private func fillProposals() {
        for index in firstItem..<min(items.count, firstItem + Self.proposalsAhead) {
            guard case .blockProposed(let event) = items[index].event, items[index].proposal == nil else { continue }
            let source = source
            items[index].proposal = Task { @LoopActor in try await source.proposal(event) }
        }
    }

    /// The next event; nil when the span is done.
    func next() async throws -> Item? {
        while firstItem == items.count {
            fillRanges()
            guard let range = ranges.first else {
                handedOut = end
                return nil
            }
            let events = try await range.task.value
            ranges.removeFirst()
            handedOut = range.from &- 1
            items = Self.withoutPruned(events.filter { event in
                guard let skipped else { return true }
                return event.place.blockNumber > skipped.block || event.place.blockNumber == skipped.block && event.place.logIndex > UInt64(skipped.logIndex)
            }).map { Item(event: $0) }
            firstItem = 0
            if items.isEmpty { handedOut = range.to }
            fillRanges()
        }
        fillProposals()
        defer { firstItem += 1 }
        return items[firstItem]
    }

    /// Drops proposals that a later prune of the same batch takes back: their blobs may be gone for good.
    nonisolated static func withoutPruned(_ events: [L1Event]) -> [L1Event] {
        var kept: [L1Event] = []
        for event in events {
            if case .prunedPending(let proven, _, _) = event {
                kept.removeAll { if case .blockProposed(let proposed) = $0 { proposed.blockNumber > proven } else { false } }
            }
            kept.append(event)
        }
        return kept
    }
}
