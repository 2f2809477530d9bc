import IPC

/// `aztec status --json`: one object, for scripts and tests.
public enum StatusJSON {
    public static func render(_ sample: NodeSample) -> String {
        var fields = [
            "\"supervisor\":\(sample.content.processID)", "\"startedAt\":\(sample.content.startedAt)", "\"healthy\":\(sample.isHealthy)",
            "\"stopping\":\(sample.content.isStopping)", "\"degraded\":[\(sample.content.degraded.map(quoted).joined(separator: ","))]",
        ]
        if let sync = sample.sync {
            fields.append("\"sync\":{\"height\":\(sync.height),\"target\":\(sync.target),\"proven\":\(sync.proven),\"finalised\":\(sync.finalised),\"l1Block\":\(sync.l1Block)}")
        }
        let workers = sample.workers.filter { $0.board.isActive || $0.board.processID != 0 }.map { worker in
            "{\"kind\":\(quoted(worker.board.kind)),\"index\":\(worker.board.index),\"pid\":\(worker.board.processID),\"state\":\(quoted(worker.stateText)),"
                + "\"restarts\":\(worker.board.restarts),\"lastRestartMillis\":\(worker.board.lastRestartMillis),\"worstRestartMillis\":\(worker.board.worstRestartMillis),"
                + "\"heartbeatAgeMillis\":\(worker.heartbeatAgeMillis),\"cpuMillis\":\(worker.cpuNanos / 1_000_000),\"residentBytes\":\(worker.residentBytes),"
                + "\"lastExit\":\(quoted(worker.board.lastExit)),\"note\":\(quoted(worker.note))}"
        }
        fields.append("\"workers\":[\(workers.joined(separator: ","))]")
        let links = sample.links.map { link in
            let consumers = link.consumers.filter(\.isActive).map {
                "{\"worker\":\(quoted($0.name)),\"reliable\":\($0.isReliable),\"consumed\":\($0.consumed),\"filtered\":\($0.filtered),\"lost\":\($0.lost),\"malformed\":\($0.malformed)}"
            }
            return "{\"name\":\(quoted(link.name)),\"producer\":\(quoted(link.producer)),\"depth\":\(link.depth),\"fill\":\(link.fill),\"published\":\(link.published),"
                + "\"payloadBytes\":\(link.payloadBytes),\"backpressure\":\(link.backpressure),\"consumers\":[\(consumers.joined(separator: ","))]}"
        }
        fields.append("\"links\":[\(links.joined(separator: ","))]")
        return "{" + fields.joined(separator: ",") + "}\n"
    }

    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
