import Protocol

extension BlockScheduler {
    /// Decides all transactions that can be decided, in order. `now`: on the clock of the limits' deadline.
    public mutating func advance(now: UInt64 = 0) -> [Event] {
        var events = pendingEvents
        pendingEvents = []
        while !isFinished {
            if let failure {
                finish(.unavailable(failure), &events)
            } else if head == entries.count {
                guard isComplete else { break }
                finish(.done, &events)
            } else if let limit = limits.maxTransactions, prefix.count >= limit {
                finish(.maxTransactions, &events)
            } else if let deadline = limits.deadline, now > deadline {
                finish(.deadline, &events)
            } else if let reason = exceedsBefore(entries[head].offer) {
                drop(head, &events)
                events.append(.skipped(index: head, reason: reason))
                head += 1
            } else {
                validate(head)
                guard case .done(let verdict, _) = entries[head].state else { break }
                decide(verdict, &events)
            }
        }
        return events
    }

    /// What the block has no room for whatever the execution gives («note 03 §14», 3 and 4).
    func exceedsBefore(_ offer: OfferedTx) -> String? {
        if let limit = limits.maxBlockSize, totalSize + offer.estimatedPrivateSize > limit { return "its private effects exceed the block's size" }
        if let limit = limits.maxBlockGas, (totalGas + offer.gasLimits).exceeds(limit) { return "its gas limits exceed the block's gas" }
        return nil
    }

    private mutating func decide(_ verdict: TxVerdict, _ events: inout [Event]) {
        let index = head
        // What it did is kept with the event only.
        entries[index].state = .waiting
        entries[index].lastReads = nil
        entries[index].lastDiff = nil
        head += 1
        switch verdict {
        case .failed(let reason, _): events.append(.failed(index: index, reason: reason))
        case .skipped(let reason, _): events.append(.skipped(index: index, reason: reason))
        case .executed(let executed):
            let size = executed.effect.daSize
            if let limit = limits.maxBlockSize, totalSize + size > limit {
                events.append(.skipped(index: index, reason: "its effects exceed the block's size"))
                return
            }
            totalSize += size
            totalGas = totalGas + executed.gasUsed.totalGas
            prefix.commit(executed.diff)
            committedIndices.append(index)
            events.append(.committed(index: index, position: prefix.count - 1, executed))
            invalidate(by: executed)
        }
    }

    /// Results further on that this commit makes worthless: the sooner they run again the better.
    private mutating func invalidate(by executed: ExecutedTx) {
        for index in head..<min(entries.count, head + window) {
            guard case .done(let verdict, _) = entries[index].state, executed.diff.touches(verdict.reads) else { continue }
            validate(index)
        }
    }

    /// Takes a result back that does not hold on the committed prefix; tells the predictor.
    mutating func validate(_ index: Int) {
        guard case .done(let verdict, let version) = entries[index].state else { return }
        let reads = verdict.reads
        let culprit = prefix.conflict(of: reads, executedAfter: version)
        let kind = entries[index].offer.kind
        if let culprit {
            counts.conflicts += 1
            entries[index].conflicts += 1
            predictor.observe(entries[committedIndices[culprit - 1]].offer.kind, kind, conflict: true)
            entries[index].state = .waiting
            entries[index].invalidations += 1
            entries[index].lastReads = reads
            if case .executed(let executed) = verdict { entries[index].lastDiff = executed.diff }
        } else if index == head, version < prefix.count {
            for earlier in committedIndices[version...] { predictor.observe(entries[earlier].offer.kind, kind, conflict: false) }
        }
    }

    private mutating func drop(_ index: Int, _ events: inout [Event]) {
        if case .assigned(let job) = entries[index].state {
            queues[job.executor]?.removeAll { $0 == job }
            events.append(.cancelled(job))
        }
        entries[index].state = .waiting
    }

    private mutating func finish(_ reason: StopReason, _ events: inout [Event]) {
        for index in head..<entries.count { drop(index, &events) }
        isFinished = true
        events.append(.finished(reason))
    }
}

extension TxVerdict {
    /// What the verdict rests on.
    public var reads: ReadSet {
        switch self {
        case .executed(let executed): executed.readSet
        case .failed(_, let reads), .skipped(_, let reads): reads
        }
    }
}
