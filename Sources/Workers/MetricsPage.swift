import CLinux
import HTTPServer
import IPC
import Messages

/// Prometheus' text out of workers' metrics blocks. The blocks are shared memory of atomic words: any thread may read.
final class MetricsPage: @unchecked Sendable {
    private let sources: [PrometheusText.Source]

    init(_ peers: [(kind: String, index: Int, region: WorkerRegion, inputs: [String])]) {
        sources = peers.map { PrometheusText.Source(kind: $0.kind, index: $0.index, region: $0.region, inputs: $0.inputs) }
    }

    func response() -> HTTPResponse {
        HTTPResponse(status: 200, headers: [("Content-Type", PrometheusText.contentType)], body: PrometheusText.render(sources, nowNanos: ql_monotonic_nanos()))
    }

    /// A port for it alone.
    func server(port: Int) throws(HTTPServerError) -> HTTPServer {
        try HTTPServer(.init(port: port), handler: { [self] request in request.path == "/metrics" ? response() : .text(404, "Not Found") })
    }
}
