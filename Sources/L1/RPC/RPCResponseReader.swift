import JSON

/// Takes a host's HTTP answer to a batch apart. Pure: bytes in, replies out.
public struct RPCResponseReader: Sendable {
    /// The whole answer was of no use.
    public enum Refusal: Error, Sendable {
        /// The host failed; all calls go elsewhere.
        case failed(L1Error)
        /// The batch was too large for it.
        case batchTooLarge
        /// It takes no batches.
        case noBatches
    }

    static let maximumDepth = 64

    /// Both named in errors.
    public var host: String
    public var method: String

    public init(host: String, method: String) {
        self.host = host
        self.method = method
    }

    /// One reply per call, in order of ids `first..<first + count`.
    public func read(_ response: HTTPResponse, first: Int, count: Int) throws(Refusal) -> [RPCReply] {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument.parse(response.body, maximumDepth: Self.maximumDepth)
        } catch {
            if response.status != 200 { throw refusal(status: response.status, response: response, message: printable(response.body)) }
            throw .failed(L1Error(
                .badAnswer, host: host, method: method, "the answer is not JSON (\(error.message), \(response.body.count) bytes)",
                advice: "check that the address is an Ethereum JSON-RPC endpoint"))
        }
        let root = document.root
        if response.status != 200 {
            // Some servers answer JSON-RPC errors with status 400.
            let isRPC = root.isArray || (root["jsonrpc"] != nil && root["id"]?.isNull == false)
            if response.status != 400 || !isRPC {
                throw refusal(status: response.status, response: response, message: message(of: root) ?? printable(response.body), error: root["error"])
            }
        }
        if root.isArray { return try replies(Array(root.elements), response, first: first, count: count) }
        guard root.isObject else { throw .failed(L1Error(.badAnswer, host: host, method: method, "the answer is neither an object nor a list")) }
        if count == 1, root["id"]?.int == first { return [reply(root)] }
        // One error for the whole batch.
        guard let error = root["error"] else {
            throw .failed(L1Error(.badAnswer, host: host, method: method, "the answer belongs to another request"))
        }
        let parsed = RPCServerError(json: error)
        switch RPCErrorClass(parsed) {
        case .batchTooLarge where count > 1: throw .batchTooLarge
        case .rateLimited, .quotaExhausted, .unauthorized: throw .failed(failure(for: parsed, json: error, response))
        default:
            if count > 1 { throw .noBatches }
            return [.error(parsed)]
        }
    }

    private func replies(_ elements: [JSONElement], _ response: HTTPResponse, first: Int, count: Int) throws(Refusal) -> [RPCReply] {
        var found = [RPCReply?](repeating: nil, count: count)
        for element in elements {
            guard let id = element["id"]?.int, id >= first, id - first < count else {
                if let error = element["error"], elements.count == 1, count > 1 {
                    let parsed = RPCServerError(json: error)
                    switch RPCErrorClass(parsed) {
                    case .batchTooLarge: throw .batchTooLarge
                    case .rateLimited, .quotaExhausted, .unauthorized: throw .failed(failure(for: parsed, json: error, response))
                    default: throw .noBatches
                    }
                }
                continue
            }
            found[id - first] = reply(element)
        }
        return found.map { $0 ?? .failure(L1Error(.badAnswer, host: host, method: method, "a call of the batch got no answer")) }
    }

    private func reply(_ element: JSONElement) -> RPCReply {
        if let error = element["error"], !error.isNull {
            let parsed = RPCServerError(json: error)
            switch RPCErrorClass(parsed) {
            case .rateLimited, .quotaExhausted, .unauthorized: return .failure(failure(for: parsed, json: error, nil))
            default: return .error(parsed)
            }
        }
        guard let result = element["result"] else {
            return .failure(L1Error(.badAnswer, host: host, method: method, "the answer has neither result nor error"))
        }
        return .result(result)
    }

    // MARK: Failures of the host

    private func failure(for error: RPCServerError, json: JSONElement, _ response: HTTPResponse?) -> L1Error {
        let told = json["data"]?["rate"]?["backoff_seconds"]?.double.flatMap { (0...3600).contains($0) ? Duration.milliseconds(Int($0 * 1000)) : nil }
        return failure(RPCErrorClass(error), "\(error.message) (code \(error.code))", retryAfter: response?.retryAfter ?? told)
    }

    private func failure(_ kind: RPCErrorClass, _ message: String, retryAfter: Duration?) -> L1Error {
        switch kind {
        case .quotaExhausted:
            L1Error(.rateLimited, host: host, method: method, "its request allowance is used up: \(message)",
                advice: "raise the plan or add another host; the node goes on with the other hosts", retryAfter: max(retryAfter ?? .zero, .seconds(60)))
        case .unauthorized:
            L1Error(.unauthorized, host: host, method: method, "access refused: \(message)", advice: "check the key in the host's URL", retryAfter: retryAfter)
        default:
            L1Error(.rateLimited, host: host, method: method, "too many requests: \(message)", advice: "add another host if this persists", retryAfter: retryAfter)
        }
    }

    private func refusal(status: Int, response: HTTPResponse, message: String, error: JSONElement? = nil) -> Refusal {
        let parsed = error.flatMap { $0.isObject ? RPCServerError(json: $0) : nil }
        let byText = RPCErrorClass(code: parsed?.code ?? 0, message: message, hasData: false)
        let said = "HTTP \(status)" + (message.isEmpty ? "" : " (\(message))")
        switch (status, byText) {
        case (413, _), (_, .batchTooLarge): return .batchTooLarge
        case (402, _), (_, .quotaExhausted): return .failed(failure(.quotaExhausted, said, retryAfter: response.retryAfter))
        case (429, _), (_, .rateLimited):
            let told = error?["data"]?["rate"]?["backoff_seconds"]?.double.flatMap { (0...3600).contains($0) ? Duration.milliseconds(Int($0 * 1000)) : nil }
            return .failed(failure(.rateLimited, said, retryAfter: response.retryAfter ?? told))
        case (401, _), (403, _): return .failed(failure(.unauthorized, said, retryAfter: response.retryAfter))
        case (404, _), (405, _):
            return .failed(L1Error(.badAnswer, host: host, method: method, said, advice: "check the address: this is no JSON-RPC endpoint"))
        default: return .failed(L1Error(.unreachable, host: host, method: method, said, retryAfter: response.retryAfter))
        }
    }

    private func message(of root: JSONElement) -> String? {
        let text = root["error"]?["message"]?.string ?? root["error"]?.string ?? root["message"]?.string
        return text.map { String($0.prefix(200)) }
    }

    /// The start of a body that is no JSON, as one line.
    private func printable(_ body: [UInt8]) -> String {
        String(decoding: body.prefix(120).map { $0 >= 0x20 && $0 < 0x7f ? $0 : 0x20 }, as: UTF8.self)
    }
}
