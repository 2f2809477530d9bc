import Protocol

extension BlockScheduler {
    /// Decides all transactions that can be decided, in order. `now`: on the clock of the limits' deadline.
    public mutating func advance(now: UInt64 = 0) -> [Event] {
        var events: [Event] = []
        takePending(&events)
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
                guard case .done(let finished) = entries[head].state else { break }
                decide(finished.verdict, &events)
            }
        }
        takePending(&events)
        return events
    }

    private mutating func takePending(_ events: inout [Event]) {
        events.append(contentsOf: pendingEvents)
        pendingEvents = []
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
            entries[index].committedAttempt = entries[index].attempts
            entries[index].committedDiff = executed.diff
            events.append(.committed(Run(index: index, attempt: entries[index].attempts), position: prefix.count - 1, executed))
            invalidate(by: executed)
        }
    }

    /// Results further on that this commit makes worthless: the sooner they run again the better.
    private mutating func invalidate(by executed: ExecutedTx) {
        for index in underWay {
            guard case .done(let finished) = entries[index].state, executed.diff.touches(finished.reads) else { continue }
            validate(index)
        }
    }

    /// What is to be thought of a result.
    private enum Standing {
        case holds
        /// Nothing can be said before what it is built on is decided.
        case open
        /// Something it is built on was not to be.
        case baseless
        /// A committed transaction, by its number from 1, or its place in the block.
        case conflict(Int?)
    }

    private func standing(_ footing: Footing, _ reads: ReadSet) -> Standing {
        if !footing.onto.isEmpty {
            var isOpen = false
            for run in footing.onto {
                if run.index < head {
                    guard entries[run.index].committedAttempt == run.attempt else { return .baseless }
                } else {
                    guard isAlive(run) else { return .baseless }
                    isOpen = true
                }
            }
            if isOpen { return .open }
            // On exactly what is committed. (An executor builds on nothing that its commit log has already.)
            if footing.version + footing.onto.count == prefix.count { return .holds }
            // Its own runs' note hashes had other places than they have now.
            if reads.noteHashCount != nil || !reads.noteHashes.isEmpty { return .conflict(nil) }
        }
        if let culprit = prefix.conflict(of: reads, executedAfter: footing.version) { return .conflict(culprit) }
        return .holds
    }

    /// Whether a run that is not decided may still be committed.
    func isAlive(_ run: Run) -> Bool {
        switch entries[run.index].state {
        case .waiting: false
        case .assigned(let job): job.attempt == run.attempt
        case .done: entries[run.index].attempts == run.attempt
        }
    }

    /// Takes a result back that does not hold on the committed prefix; tells the predictor.
    mutating func validate(_ index: Int) {
        guard case .done(let finished) = entries[index].state else { return }
        let reads = finished.reads
        switch standing(finished.footing, reads) {
        case .open: break
        case .holds: if index == head { learn(index, finished.footing, reads) }
        case .baseless: takeBack(index)
        case .conflict(let culprit):
            counts.conflicts += 1
            if let culprit { predictor.observe(entries[committedIndices[culprit - 1]].offer, entries[index].offer, conflict: true) }
            entries[index].invalidations += 1
            entries[index].lastReads = reads
            if let diff = finished.diff { entries[index].lastDiff = diff }
            takeBack(index)
        }
    }

    /// What went well, and whether keeping it behind others was good for anything.
    private mutating func learn(_ index: Int, _ footing: Footing, _ reads: ReadSet) {
        let behind = entries[index].keptBehind
        for earlier in behind where earlier < head {
            guard let diff = entries[earlier].committedDiff else { continue }
            predictor.observe(entries[earlier].offer, entries[index].offer, conflict: diff.feeds(reads))
        }
        guard !predictor.isEmpty, footing.version < prefix.count else { return }
        for earlier in committedIndices[footing.version...] where !behind.contains(earlier) && !footing.onto.contains(where: { $0.index == earlier }) {
            predictor.observe(entries[earlier].offer, entries[index].offer, conflict: false)
        }
    }

    /// The run of this transaction counts no more: it waits again, and so does what is built on it. What its executor works
    /// on at the moment goes on in vain.
    mutating func takeBack(_ index: Int) {
        let dead = Run(index: index, attempt: entries[index].attempts)
        entries[index].state = .waiting
        for later in index + 1..<max(index + 1, reached) {
            switch entries[later].state {
            case .waiting: continue
            case .done(let finished): if finished.footing.onto.contains(dead) { takeBack(later) }
            case .assigned(let job):
                guard job.onto.contains(dead), let queue = queues[job.executor], queue.first.map({ !$0.isSame(job) }) ?? false else { continue }
                queues[job.executor]!.removeAll { $0.isSame(job) }
                uncount(job)
                pendingEvents.append(.cancelled(job))
                takeBack(later)
            }
        }
    }

    private mutating func drop(_ index: Int, _ events: inout [Event]) {
        if case .assigned(let job) = entries[index].state {
            queues[job.executor]?.removeAll { $0.isSame(job) }
            events.append(.cancelled(job))
        }
        entries[index].state = .waiting
    }

    private mutating func finish(_ reason: StopReason, _ events: inout [Event]) {
        for index in underWay { drop(index, &events) }
        takePending(&events)
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
