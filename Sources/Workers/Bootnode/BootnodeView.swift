import JSON
import NodeAPI
import PeerIdentity
import Synchronization

/// What the HTTP server's threads see of discovery.
final class BootnodeView: Sendable {
    private struct State: Sendable {
        var record = ""
        var table: [String] = []
    }

    private let state = Mutex(State())

    func set(record: ENR, table: [ENR]) {
        let new = State(record: record.text, table: table.map(\.text))
        state.withLock { $0 = new }
    }

    /// `bootstrap_getEncodedEnr`, `bootstrap_getRoutingTable`.
    var namespace: RPCDispatcher.Namespace {
        RPCDispatcher.Namespace(methods: ["getEncodedEnr", "getRoutingTable"]) { [self] method, _ in
            let state = state.withLock { $0 }
            var writer = JSONWriter(reserving: 512)
            if method == "getEncodedEnr" {
                writer.value(state.record)
            } else {
                writer.beginArray()
                for record in state.table { writer.value(record) }
                writer.endArray()
            }
            return writer.bytes
        }
    }
}
