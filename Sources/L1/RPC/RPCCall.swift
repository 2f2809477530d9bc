import JSON

/// A JSON-RPC call: method and parameters, already text. Equal calls in flight are sent once.
struct RPCCall: Hashable, Sendable {
    var method: String
    /// A JSON array.
    var parameters: [UInt8]
    /// Roughly how large the answer may get, in bytes; bounds what is put into one batch.
    var weight = 1024

    static func == (a: RPCCall, b: RPCCall) -> Bool { a.method == b.method && a.parameters == b.parameters }
    func hash(into hasher: inout Hasher) {
        hasher.combine(method)
        hasher.combine(parameters)
    }

    init(_ method: String, weight: Int = 1024, _ write: (inout JSONWriter) -> Void = { _ in }) {
        self.method = method
        self.weight = weight
        var writer = JSONWriter()
        writer.beginArray()
        write(&writer)
        writer.endArray()
        parameters = writer.bytes
    }

    func write(id: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("jsonrpc")
        writer.value("2.0")
        writer.key("id")
        writer.value(id)
        writer.key("method")
        writer.value(method)
        writer.key("params")
        writer.raw(parameters)
        writer.endObject()
    }
}

/// What one host said to one call.
public enum RPCReply: Sendable {
    case result(JSONElement)
    case error(RPCServerError)
    /// The host gave nothing usable for it.
    case failure(L1Error)
}

/// The `error` member of a JSON-RPC response.
public struct RPCServerError: Sendable, Hashable {
    public var code: Int
    public var message: String
    /// Bytes of `data` when it is a hex string (revert data), wherever the server put it.
    public var data: [UInt8]?

    public init(code: Int, message: String, data: [UInt8]? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    public init(json: JSONElement) {
        code = json["code"]?.int ?? 0
        message = String((json["message"]?.string ?? "").prefix(400))
        func hex(_ element: JSONElement?) -> [UInt8]? {
            guard let text = element?.utf8, text.count <= 1 << 20, text.starts(with: [48, 120]) else { return nil }
            return hexBytes(text)
        }
        data = hex(json["data"]) ?? hex(json["data"]?["data"]) ?? hex(json["data"]?["originalError"]?["data"])
    }
}
