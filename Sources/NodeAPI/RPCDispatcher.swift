import JSON

/// JSON-RPC 2.0 as the reference speaks it (note 08 §1.3): one request or a batch in, one body out.
public struct RPCDispatcher: Sendable {
    public struct Answer: Equatable, Sendable {
        /// HTTP status.
        public var status: Int
        public var body: [UInt8]
        /// The request never got to the router (the reference adds no CORS header then).
        public var isBare = false

        public init(status: Int, body: [UInt8], isBare: Bool = false) {
            self.status = status
            self.body = body
            self.isBare = isBare
        }
    }

    /// `method` = name behind the namespace; parameters as sent (an array, or nothing). Returns the result's JSON text,
    /// nil for none.
    public typealias Handler = @Sendable (_ method: String, _ parameters: JSONElement?) throws(RPCFailure) -> [UInt8]?

    public struct Namespace: Sendable {
        public var methods: Set<String>
        public var call: Handler

        public init(methods: Set<String>, call: @escaping Handler) {
            self.methods = methods
            self.call = call
        }
    }

    let namespaces: [String: Namespace]

    public init(_ namespaces: [String: Namespace]) { self.namespaces = namespaces }

    public func answer(_ body: [UInt8]) -> Answer {
        // An empty body counts as an empty object.
        if body.isEmpty { return answer(Array("{}".utf8)) }
        guard let first = body.first(where: { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
            return parseError("invalid JSON, only supports object and array")
        }
        switch Self.parse(body) {
        case .success(let document): return answer(document.root)
        case .failure(let refusal): return parseError(refusal.message)
        }
    }

    struct Refusal: Error { var message: String }

    /// Parses as JavaScript would: bytes that are no UTF-8 and halves of surrogate pairs become U+FFFD.
    static func parse(_ body: [UInt8]) -> Result<JSONDocument, Refusal> {
        if let document = try? JSONDocument.parse(body) { return .success(document) }
        if let complaint = JSONComplaint.find(in: body) { return .failure(Refusal(message: complaint)) }
        let text = Array(String(decoding: body, as: UTF8.self).utf8)
        do {
            return .success(try JSONDocument.parse(replacingSurrogateHalves(text)))
        } catch {
            return .failure(Refusal(message: error.message))
        }
    }

    /// Writes `\ufffd` over escapes of single surrogate halves, which have no UTF-8.
    private static func replacingSurrogateHalves(_ text: [UInt8]) -> [UInt8] {
        var text = text
        func half(_ at: Int) -> UInt32? {
            guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else { return nil }
            return UInt32(String(decoding: text[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16).flatMap { 0xd800...0xdfff ~= $0 ? $0 : nil }
        }
        var at = 0
        while at + 1 < text.count {
            guard text[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            if let value = half(at) {
                if value < 0xdc00, let low = half(at + 6), low >= 0xdc00 {
                    at += 12
                    continue
                }
                text.replaceSubrange((at + 2)..<(at + 6), with: Array("fffd".utf8))
            }
            at += 2
        }
        return text
    }

    private func answer(_ root: JSONElement) -> Answer {
        var writer = JSONWriter(reserving: 512)
        guard root.isArray else {
            switch process(root, &writer) {
            case .result: return Answer(status: 200, body: writer.bytes)
            case .error: return Answer(status: 400, body: writer.bytes)
            case .unprintable(let message): return unprintable(message)
            }
        }
        guard root.elements.first != nil else {
            Self.invalidRequest(&writer)
            return Answer(status: 400, body: writer.bytes)
        }
        writer.beginArray()
        for request in root.elements {
            if case .unprintable(let message) = process(request, &writer) { return unprintable(message) }
        }
        writer.endArray()
        return Answer(status: 200, body: writer.bytes)
    }

    enum Outcome { case result, error, unprintable(String) }

    private func process(_ request: JSONElement, _ writer: inout JSONWriter) -> Outcome {
        guard request.isObject || request.isArray else {
            Self.invalidRequest(&writer)
            return .error
        }
        let method = request["method"]
        guard let method, let name = method.string, let (namespace, function) = find(name) else {
            Self.error(&writer, request, version: .echoed, code: -32601, "Method not found: \(method?.javaScriptText() ?? "undefined")")
            return .error
        }
        let parameters = request["params"]
        if let parameters, !parameters.isArray {
            Self.error(&writer, request, version: .echoed, code: -32702, "Params to \(function) is not an array: \(parameters.javaScriptText())")
            return .error
        }
        do {
            let result = try namespace.call(function, parameters)
            writer.beginObject()
            Self.echo(&writer, request)
            if let result {
                writer.key("result")
                writer.raw(result)
            }
            writer.endObject()
            return .result
        } catch {
            switch error {
            case .schema(let issues):
                let message = issues.map { "\($0.message) (\($0.path))" }.joined(separator: ". ")
                Self.error(&writer, request, version: .fixed, code: -32701, message)
            case .failed(let message): Self.error(&writer, request, version: .echoed, code: -32702, message)
            case .unprintable(let message): return .unprintable(message)
            }
            return .error
        }
    }

    /// Namespace and function of `namespace_function`; whatever follows a second underscore is dropped.
    private func find(_ method: String) -> (Namespace, String)? {
        let parts = method.split(separator: "_", omittingEmptySubsequences: false)
        guard method != "constructor", parts.count >= 2, let namespace = namespaces[String(parts[0])] else { return nil }
        let function = String(parts[1])
        return namespace.methods.contains(function) ? (namespace, function) : nil
    }

    // MARK: Bodies

    private static func echo(_ writer: inout JSONWriter, _ request: JSONElement, version: Bool = true) {
        if version, let value = request["jsonrpc"] {
            writer.key("jsonrpc")
            writer.value(value)
        }
        if let value = request["id"] {
            writer.key("id")
            writer.value(value)
        }
    }

    enum Version { case echoed, fixed }

    private static func error(_ writer: inout JSONWriter, _ request: JSONElement, version: Version, code: Int, _ message: String) {
        writer.beginObject()
        if version == .fixed { writer.member("jsonrpc", "2.0") }
        echo(&writer, request, version: version == .echoed)
        writer.key("error")
        writer.beginObject()
        writer.member("code", code)
        writer.member("message", message)
        writer.endObject()
        writer.endObject()
    }

    private static func invalidRequest(_ writer: inout JSONWriter) {
        writer.raw(#"{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid Request"},"id":null}"#.utf8)
    }

    private func parseError(_ message: String) -> Answer {
        Answer(status: 400, body: Array(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":\#(JSONText.quoted("Parse error: " + message))}}"#.utf8), isBare: true)
    }

    private func unprintable(_ message: String) -> Answer {
        Answer(status: 500, body: Array(#"{"jsonrpc":"2.0","error":{"code":-32700,"message":\#(JSONText.quoted("Unable to serialize response: " + message))}}"#.utf8))
    }
}
