extension BlockScheduler {
    /// How many transactions from the head on are looked at.
    var window: Int { max(1, queues.count * options.windowPerExecutor) }

    /// Jobs to hand out now, in the order they go to their executors. The oldest transactions go first; the emptiest
    /// executor gets the next one. `others`: jobs an executor has from elsewhere.
    public mutating func assign(others: (Int) -> Int = { _ in 0 }) -> [Event] {
        guard !isFinished, failure == nil, !queues.isEmpty else { return [] }
        var events: [Event] = []
        var next = head
        for depth in 0..<options.queueDepth {
            for executor in executors where queues[executor]!.count + others(executor) == depth {
                guard let index = nextRunnable(&next) else {
                    if depth == 0, let taken = takeBack(for: executor) { events.append(contentsOf: taken) }
                    continue
                }
                events.append(.assigned(hand(index, to: executor)))
            }
        }
        return events
    }

    /// Jobs of this block that an executor has.
    public func load(_ executor: Int) -> Int { queues[executor]?.count ?? 0 }

    private mutating func hand(_ index: Int, to executor: Int) -> Job {
        entries[index].attempts += 1
        counts.runs += 1
        if entries[index].attempts > 1 { counts.reruns += 1 }
        if let earlier = entries[index].waitsFor {
            predictor.waited(earlier, entries[index].offer.kind)
            entries[index].waitsFor = nil
        }
        let job = Job(executor: executor, index: index, attempt: entries[index].attempts)
        entries[index].state = .assigned(job)
        queues[executor]!.append(job)
        return job
    }

    /// The first transaction from `next` on that is worth running now.
    private mutating func nextRunnable(_ next: inout Int) -> Int? {
        let end = min(entries.count, head + window)
        while next < end {
            let index = next
            next += 1
            guard case .waiting = entries[index].state else { continue }
            if index == head { return index }
            guard !entries[index].mustBeFirst, hasRoom(index), !mayConflict(index) else { continue }
            return index
        }
        return nil
    }

    /// False when the limits leave no place for it unless something before it fails.
    private func hasRoom(_ index: Int) -> Bool {
        if let limit = limits.maxTransactions, prefix.count + (index - head) >= limit { return false }
        return exceedsBefore(entries[index].offer) == nil
    }

    /// Whether it would more probably than not run in vain.
    private mutating func mayConflict(_ index: Int) -> Bool {
        let kind = entries[index].offer.kind
        var holds = 1.0
        for earlier in head..<index {
            if let reads = entries[index].lastReads, let does = effects(of: earlier) {
                // What both did last time is known; mostly they do it again.
                if does.touches(reads) { return true }
                continue
            }
            let before = entries[earlier].offer.kind
            holds *= 1 - predictor.probability(before, kind)
            if holds < 0.5 {
                entries[index].waitsFor = before
                return true
            }
        }
        return false
    }

    /// What a transaction that is not committed changes, as far as it was executed.
    private func effects(of index: Int) -> TxDiff? {
        switch entries[index].state {
        case .done(.executed(let executed), _): executed.diff
        case .done: TxDiff()
        case .waiting, .assigned: entries[index].lastDiff
        }
    }

    /// An idle executor gets the oldest transaction that merely waits behind another one elsewhere.
    private mutating func takeBack(for executor: Int) -> [Event]? {
        let waiting = queues.values.flatMap { $0.dropFirst() }.min { $0.index < $1.index }
        guard let job = waiting else { return nil }
        queues[job.executor]?.removeAll { $0 == job }
        entries[job.index].state = .waiting
        counts.runs -= 1
        counts.reruns -= entries[job.index].attempts > 1 ? 1 : 0
        return [.cancelled(job), .assigned(hand(job.index, to: executor))]
    }
}
