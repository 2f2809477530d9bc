public import IPC

/// One row of the schema: a Prometheus family, or one label value of it, and the slots that hold it.
public struct Metric: Sendable {
    public enum Form: Sendable, Equatable {
        /// Goes up and down.
        case gauge
        /// Only goes up (within one process).
        case counter
        /// Upper bounds of the buckets; slots: one per bucket, one above all, the sum.
        case histogram([UInt64])
        /// A counter for each value of a label.
        case labelled(String, [String])
    }

    public enum Unit: String, Sendable {
        case none = "", milliseconds, microseconds, seconds, bytes
    }

    public var id: MetricID
    /// Kinds of workers that write it.
    public var kinds: [String]
    /// Without unit suffix.
    public var name: String
    public var label: (key: String, value: String)?
    public var form: Form
    public var unit: Unit
    public var help: String
    public internal(set) var slot = 0

    /// Name in the Prometheus text: `unit` as suffix unless it is part of the name.
    public var family: String {
        let isCounted = if case .labelled = form { true } else { form == .counter }
        let suffixed = unit == .none || name.hasSuffix(unit.rawValue) ? name : name + "_" + unit.rawValue
        return isCounted && !suffixed.hasSuffix("_total") ? suffixed + "_total" : suffixed
    }

    public var slots: Int {
        switch form {
        case .gauge, .counter: return 1
        case .histogram(let bounds): return bounds.count + 2
        case .labelled(_, let values): return values.count
        }
    }
}

extension WorkerRegion {
    /// Sets a gauge (or a counter that is counted elsewhere).
    public func set(_ id: MetricID, _ value: some BinaryInteger) { setMetric(MetricsSchema[id].slot, UInt64(clamping: value)) }

    /// Counts up. Only the worker's own thread may: one writer per region.
    public func add(_ id: MetricID, _ amount: some BinaryInteger) {
        let slot = MetricsSchema[id].slot
        setMetric(slot, metric(slot) &+ UInt64(clamping: amount))
    }

    public func add(_ id: MetricID) { add(id, 1) }

    /// Sets one of a metric's labelled counters.
    public func set(_ id: MetricID, at index: Int, _ value: UInt64) {
        let row = MetricsSchema[id]
        precondition(index >= 0 && index < row.slots)
        setMetric(row.slot + index, value)
    }

    public func value(_ id: MetricID, at index: Int) -> UInt64 {
        let row = MetricsSchema[id]
        precondition(index >= 0 && index < row.slots)
        return metric(row.slot + index)
    }

    /// Records one value of a histogram, in the metric's unit.
    public func observe(_ id: MetricID, _ value: some BinaryInteger) {
        let row = MetricsSchema[id]
        guard case .histogram(let bounds) = row.form else { preconditionFailure("\(row.name) is no histogram") }
        let value = UInt64(clamping: value)
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        setMetric(row.slot + bucket, metric(row.slot + bucket) &+ 1)
        let sum = row.slot + bounds.count + 1
        setMetric(sum, metric(sum) &+ value)
    }

    public func value(_ id: MetricID) -> UInt64 { metric(MetricsSchema[id].slot) }
}
