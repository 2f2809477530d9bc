public import IPC

/// All workers' figures in Prometheus' text form (version 0.0.4), read from shared memory.
public enum PrometheusText {
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    public struct Source {
        public var kind: String
        public var index: Int
        public var region: WorkerRegion
        /// Link names by input number.
        public var inputs: [String]

        public init(kind: String, index: Int, region: WorkerRegion, inputs: [String] = []) {
            self.kind = kind
            self.index = index
            self.region = region
            self.inputs = inputs
        }
    }

    public static func render(_ sources: [Source], nowNanos now: UInt64) -> [UInt8] {
        var text = Text()
        // One family = one block, whoever writes it; worker label only where a kind may run several times.
        var families: [(name: String, rows: [Metric])] = []
        for metric in MetricsSchema.metrics {
            if let index = families.firstIndex(where: { $0.name == metric.family }) {
                families[index].rows.append(metric)
            } else {
                families.append((metric.family, [metric]))
            }
        }
        for family in families {
            let writers = sources.filter { source in source.region.state != .dead && family.rows.contains { $0.kinds.contains(source.kind) } }
            guard !writers.isEmpty else { continue }
            text.head(family.name, family.rows[0].form, family.rows[0].help)
            let several = writers.count > 1
            for source in writers {
                for metric in family.rows where metric.kinds.contains(source.kind) {
                    var labels = metric.label.map { [($0.key, $0.value)] } ?? []
                    if several { labels.append(("index", "\(source.index)")) }
                    text.metric(metric, labels, source.region)
                }
            }
        }
        processes(sources, now, &text)
        links(sources, &text)
        return Array(text.out.utf8)
    }

    private static func processes(_ sources: [Source], _ now: UInt64, _ text: inout Text) {
        func family(_ name: String, _ form: Metric.Form, _ help: String, _ value: (WorkerRegion) -> UInt64) {
            text.head(name, form, help)
            for source in sources { text.sample(name, [("worker", source.kind), ("index", "\(source.index)")], value(source.region)) }
        }
        family("quetzal_worker_state", .gauge, "0 dead, 1 booting, 2 running, 3 stopping") { $0.state.rawValue }
        family("quetzal_worker_restart_total", .counter, "Times this worker was started again") { max(1, $0.generation) - 1 }
        family("quetzal_worker_heartbeat_age_milliseconds", .gauge, "Time since the last sign of life") { now > $0.heartbeatNanos && $0.heartbeatNanos > 0 ? (now - $0.heartbeatNanos) / 1_000_000 : 0 }
        family("quetzal_worker_cpu_milliseconds_total", .counter, "Processor time") { $0.cpuNanos / 1_000_000 }
        family("quetzal_worker_resident_bytes", .gauge, "Resident memory") { $0.residentBytes }
        text.head("quetzal_worker_regime_milliseconds_total", .counter, "Time of the worker's loop, by what it did")
        for source in sources {
            for regime in WorkerRegion.Regime.allCases {
                text.sample("quetzal_worker_regime_milliseconds_total", [("worker", source.kind), ("index", "\(source.index)"), ("regime", regime.name)], source.region[regime] / 1_000_000)
            }
        }
    }

    private static func links(_ sources: [Source], _ text: inout Text) {
        guard sources.contains(where: { !$0.inputs.isEmpty }) else { return }
        let fields = [
            ("consumed", RingCursorBlock.consumed, "Messages taken from the link"), ("filtered", RingCursorBlock.filtered, "Messages passed over"),
            ("lost", RingCursorBlock.lost, "Messages overwritten before they were read"), ("malformed", RingCursorBlock.malformed, "Messages that made no sense"),
        ]
        for (name, field, help) in fields {
            text.head("quetzal_link_\(name)_total", .counter, help)
            for source in sources {
                for (input, link) in source.inputs.enumerated() {
                    text.sample("quetzal_link_\(name)_total", [("link", link), ("worker", source.kind), ("index", "\(source.index)")], source.region.input(input, field))
                }
            }
        }
    }

    private struct Text {
        var out = ""

        mutating func head(_ name: String, _ form: Metric.Form, _ help: String) {
            let type = switch form {
            case .gauge: "gauge"
            case .counter, .labelled: "counter"
            case .histogram: "histogram"
            }
            out += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        }

        mutating func sample(_ name: String, _ labels: [(String, String)], _ value: UInt64) {
            out += name
            if !labels.isEmpty { out += "{" + labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",") + "}" }
            out += " \(value)\n"
        }

        mutating func metric(_ metric: Metric, _ labels: [(String, String)], _ region: WorkerRegion) {
            if case .labelled(let key, let values) = metric.form {
                for (index, value) in values.enumerated() { sample(metric.family, labels + [(key, value)], region.metric(metric.slot + index)) }
                return
            }
            guard case .histogram(let bounds) = metric.form else {
                sample(metric.family, labels, region.metric(metric.slot))
                return
            }
            var count: UInt64 = 0
            for (index, bound) in bounds.enumerated() {
                count &+= region.metric(metric.slot + index)
                sample(metric.family + "_bucket", labels + [("le", "\(bound)")], count)
            }
            count &+= region.metric(metric.slot + bounds.count)
            sample(metric.family + "_bucket", labels + [("le", "+Inf")], count)
            sample(metric.family + "_sum", labels, region.metric(metric.slot + bounds.count + 1))
            sample(metric.family + "_count", labels, count)
        }
    }
}
