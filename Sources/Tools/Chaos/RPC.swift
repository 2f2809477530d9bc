import ConformanceKit
import JSON

/// JSON-RPC to a node on this machine.
struct RPC {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let probe: HTTPProbe

    init(port: Int, timeout: Int = 20) {
        probe = HTTPProbe(port: UInt16(port))
        probe.timeout = timeout
    }

    /// The result as JSON, nil where there is none. `parameters`: JSON text of the array.
    func call(_ method: String, _ parameters: String = "[]") throws -> JSONElement? {
        let response = try probe.post("/", Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}".utf8))
        let root = try JSONDocument.parse(response.body).root
        if let error = root["error"] { throw Failure(description: "\(method): \(error["message"]?.string ?? "error without a message")") }
        guard response.status == 200 else { throw Failure(description: "\(method): status \(response.status)") }
        return root["result"]
    }
}
