import IPC
import Messages
import Topology

/// What executors did since they started, all of them together.
public struct ExecutionSample: Sendable, Equatable {
    struct OfClass: Sendable, Equatable {
        var runs: UInt64 = 0
        var reruns: UInt64 = 0
        var micros: UInt64 = 0
        var gas: UInt64 = 0
    }

    var classes = [OfClass](repeating: OfClass(), count: MetricsSchema.transactionClasses.count)
    var operations = [UInt64](repeating: 0, count: MetricsSchema.operations.count)
    var conflicts: UInt64 = 0
    var deaths: UInt64 = 0
    var poisoned: UInt64 = 0

    public var runs: UInt64 { classes.reduce(0) { $0 &+ $1.runs } }

    mutating func add(_ region: WorkerRegion, isHost: Bool) {
        if isHost {
            conflicts &+= region.value(.poolConflicts)
            deaths &+= region.value(.poolDeaths)
            poisoned &+= region.value(.poolPoisoned)
            return
        }
        for place in classes.indices {
            classes[place].runs &+= region.value(.executorClassRuns, at: place)
            classes[place].reruns &+= region.value(.executorClassReruns, at: place)
            classes[place].micros &+= region.value(.executorClassTime, at: place)
            classes[place].gas &+= region.value(.executorClassGas, at: place)
        }
        for place in operations.indices { operations[place] &+= region.value(.executorOperations, at: place) }
    }

    /// A table by class of transaction, and the most frequent operations where they are counted.
    var text: String {
        var rows = [["transactions", "executed", "re-runs", "mean time", "mean L2 gas"]]
        for (name, of) in zip(MetricsSchema.transactionClasses, classes) where of.runs > 0 {
            rows.append([name, "\(of.runs)", "\(of.reruns)", "\(of.micros / of.runs) µs", "\(of.gas / of.runs)"])
        }
        var out = Topology.aligned(rows)
        out += "conflicts \(conflicts), executors lost \(deaths), transactions dropped for it \(poisoned)\n"
        let total = operations.reduce(0, &+)
        if total > 0 {
            let top = zip(MetricsSchema.operations, operations).sorted { $0.1 > $1.1 }.prefix(8)
            out += "operations: " + top.map { "\($0.0) \(StatusText.percent(Double($0.1), Double(total)))" }.joined(separator: ", ") + "\n"
        }
        return out
    }
}
