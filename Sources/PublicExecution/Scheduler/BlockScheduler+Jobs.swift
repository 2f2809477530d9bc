extension BlockScheduler {
    /// How many transactions from the head on are looked at.
    var window: Int { max(1, queues.count * options.windowPerExecutor) }

    /// Where a transaction is run best.
    private enum Place {
        case anywhere
        /// On this executor only, on top of what it has done there.
        case behind(executor: Int, [Run])
        /// Not before some others are committed.
        case nowhere
    }

    /// Jobs to hand out now, in the order they go to their executors: the oldest transactions first, each to the emptiest
    /// executor unless only one will do. `others`: jobs an executor has from elsewhere.
    public mutating func assign(others: (Int) -> Int = { _ in 0 }) -> [Event] {
        guard !isFinished, failure == nil, !queues.isEmpty else { return [] }
        var loads = queues.map { (executor: $0.key, load: $0.value.count + others($0.key)) }
        loads.sort { $0.executor < $1.executor }
        var room = loads.reduce(0) { $0 + max(0, options.queueDepth - $1.load) }
        guard room > 0 else { return [] }
        var events: [Event] = []
        func hand(_ index: Int, to place: Int, onto: [Run]) {
            loads[place].load += 1
            room -= 1
            events.append(.assigned(give(index, to: loads[place].executor, onto: onto)))
        }
        var ahead = Ahead()
        let end = min(entries.count, head + window)
        for index in head..<end where room > 0 {
            refreshHotNames(index)
            if case .waiting = entries[index].state, index == head || !entries[index].mustBeFirst && hasRoom(index) {
                switch place(index, ahead) {
                case .nowhere: break
                case .behind(let executor, let onto):
                    if let place = loads.firstIndex(where: { $0.executor == executor }), loads[place].load < options.queueDepth { hand(index, to: place, onto: onto) }
                case .anywhere:
                    let place = loads.indices.min { loads[$0].load < loads[$1].load }!
                    if loads[place].load < options.queueDepth { hand(index, to: place, onto: []) }
                }
            }
            ahead.add(index, entries[index])
        }
        for place in loads.indices where loads[place].load == 0 {
            guard let job = stealable() else { break }
            queues[job.executor]!.removeAll { $0.isSame(job) }
            entries[job.index].state = .waiting
            uncount(job)
            events.append(.cancelled(job))
            hand(job.index, to: place, onto: [])
        }
        return events
    }

    /// Jobs of this block that an executor has.
    public func load(_ executor: Int) -> Int { queues[executor]?.count ?? 0 }

    private mutating func give(_ index: Int, to executor: Int, onto: [Run]) -> Job {
        entries[index].attempts += 1
        reached = max(reached, index + 1)
        counts.runs += 1
        if entries[index].attempts > 1 { counts.reruns += 1 }
        let job = Job(executor: executor, index: index, attempt: entries[index].attempts, onto: onto)
        entries[index].state = .assigned(job)
        queues[executor]!.append(job)
        return job
    }

    /// It never began.
    mutating func uncount(_ job: Job) {
        counts.runs -= 1
        counts.reruns -= job.attempt > 1 ? 1 : 0
    }

    /// False when the limits leave no place for it unless something before it fails.
    private func hasRoom(_ index: Int) -> Bool {
        if let limit = limits.maxTransactions, prefix.count + (index - head) >= limit { return false }
        return exceedsBefore(entries[index].offer) == nil
    }

    /// The oldest transaction that merely waits behind another one, alone. Its executor will not miss it.
    private func stealable() -> Job? {
        var best: Job?
        for queue in queues.values {
            for job in queue.dropFirst() where job.onto.isEmpty && best.map({ job.index < $0.index }) ?? true {
                if !queue.contains(where: { $0.onto.contains(job.run) }) { best = job }
            }
        }
        return best
    }

    // MARK: Conflicts to be expected

    /// The undecided transactions before the one that is looked at.
    private struct Ahead {
        var names: [(name: UInt64, index: Int)] = []
        var kinds: [(kind: UInt64, count: Int)] = []

        mutating func add(_ index: Int, _ entry: Entry) {
            for name in entry.hotNames { names.append((name, index)) }
            if let place = kinds.firstIndex(where: { $0.kind == entry.offer.kind }) { kinds[place].count += 1 } else { kinds.append((entry.offer.kind, 1)) }
        }
    }

    private mutating func refreshHotNames(_ index: Int) {
        guard entries[index].hotGeneration != predictor.generation else { return }
        entries[index].hotGeneration = predictor.generation
        entries[index].hotNames = predictor.isEmpty ? [] : entries[index].offer.names.filter { predictor.isHot($0) }
    }

    private mutating func place(_ index: Int, _ ahead: Ahead) -> Place {
        if index == head { return .anywhere }
        // Nobody else could use the time.
        if queues.count == 1, let executor = queues.keys.first { return .behind(executor: executor, runs(of: executor, before: index)) }
        let behind = expectedConflicts(index, ahead)
        if behind.isEmpty { return .anywhere }
        entries[index].keptBehind = behind
        return onto(behind)
    }

    /// Those before it that it should not run beside, because it would more probably than not run in vain; empty when it
    /// may run now.
    private func expectedConflicts(_ index: Int, _ ahead: Ahead) -> [Int] {
        let entry = entries[index]
        if let reads = entry.lastReads {
            // What both did last time is known; mostly they do it again.
            return (head..<index).filter { effects(of: $0)?.touches(reads) ?? false }
        }
        if predictor.isEmpty { return [] }
        var holds = 1.0
        var behind: [Int] = []
        for name in entry.hotNames {
            let risk = predictor.risk(of: name)
            for other in ahead.names where other.name == name && !behind.contains(other.index) {
                holds *= 1 - risk
                behind.append(other.index)
            }
        }
        for kind in ahead.kinds {
            let risk = predictor.risk(kind.kind, entry.offer.kind)
            guard risk > 0 else { continue }
            for _ in 0..<kind.count { holds *= 1 - risk }
            for other in head..<index where entries[other].offer.kind == kind.kind && !behind.contains(other) { behind.append(other) }
        }
        return holds < 0.5 ? behind.sorted() : []
    }

    /// What a transaction that is not committed changes, as far as it was executed.
    private func effects(of index: Int) -> TxDiff? {
        switch entries[index].state {
        case .done(let finished): finished.diff
        case .waiting, .assigned: entries[index].lastDiff
        }
    }

    /// Where all of `behind` are to be found, if that is one executor.
    private func onto(_ behind: [Int]) -> Place {
        var executor: Int?
        var runs: [Run] = []
        func take(_ run: Run) { if run.index >= head, !runs.contains(run) { runs.append(run) } }
        for index in behind {
            let place: Int
            switch entries[index].state {
            case .waiting: return .nowhere
            case .assigned(let job):
                place = job.executor
                job.onto.forEach(take)
            case .done(let finished):
                // Changes nothing.
                if finished.diff == nil { continue }
                guard let by = entries[index].doneBy else { return .nowhere }
                place = by
                finished.footing.onto.forEach(take)
            }
            guard executor == nil || executor == place else { return .nowhere }
            executor = place
            take(Run(index: index, attempt: entries[index].attempts))
        }
        guard let executor else { return .anywhere }
        return .behind(executor: executor, runs.sorted { $0.index < $1.index })
    }

    /// Everything an executor has done or will have done.
    private func runs(of executor: Int, before index: Int) -> [Run] {
        (head..<index).compactMap { earlier in
            switch entries[earlier].state {
            case .waiting: nil
            case .assigned: Run(index: earlier, attempt: entries[earlier].attempts)
            case .done: entries[earlier].doneBy == executor ? Run(index: earlier, attempt: entries[earlier].attempts) : nil
            }
        }
    }
}
