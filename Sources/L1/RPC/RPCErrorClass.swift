/// What an error answer means for the call and for the host that gave it. Providers agree neither on codes nor on texts.
enum RPCErrorClass: Hashable {
    /// The contract call reverted: an answer, the same on every host.
    case reverted
    /// Too many requests now.
    case rateLimited
    /// The plan's allowance is used up: waiting minutes will not help.
    case quotaExhausted
    case rangeTooLarge
    case batchTooLarge
    case unknownBlock
    case unsupported
    case unauthorized
    /// The request is at fault.
    case invalidRequest
    /// The host is at fault (internal error, overload, time-out behind it).
    case internalError

    init(_ error: RPCServerError) { self.init(code: error.code, message: error.message, hasData: error.data != nil) }

    init(code: Int, message: String, hasData: Bool) {
        let text = message.lowercased()
        func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
        // Infura answers -32005 both for rates and for log queries that match too much, so texts come first.
        if code == 3 || says("execution reverted", "revert") || (hasData && says("vm exception", "invalid opcode")) {
            self = .reverted
        } else if says("batch size", "batch too large", "batch limit", "too many requests in batch", "calls in batch", "batch request") {
            self = .batchTooLarge
        } else if says(
            "query returned more than", "block range", "range is too", "range too", "too many results", "log response size", "response size exceeded",
            "response size should", "max results", "query exceeds", "exceeds the range", "limited to a", "ranges over", "logs limit") {
            self = .rangeTooLarge
        } else if says("daily request", "monthly", "quota", "plan limit", "exceeded your plan", "capacity limit", "out of credits") {
            self = .quotaExhausted
        } else if [-32005, 429, -32029, -32007, -32090].contains(code)
            || says("rate limit", "ratelimit", "too many requests", "compute units", "request limit", "requests per second", "throughput", "throttl") {
            self = .rateLimited
        } else if says("header not found", "unknown block", "block not found", "missing trie node", "state is not available", "state not available",
            "historical state", "header for hash not found", "block does not exist", "could not find block", "ahead of the chain", "beyond current head",
            "greater than latest", "invalid block range")
            || code == -32001 {
            self = .unknownBlock
        } else if code == -32601 || code == -32004 || says("method not found", "not supported", "does not exist/is not available", "not available on") {
            self = .unsupported
        } else if (code == -32002 && says("auth")) || says("unauthorized", "invalid api key", "api key", "forbidden", "project id", "must be authenticated") {
            self = .unauthorized
        } else if code == -32602 || code == -32600 || code == -32700 || says("invalid argument", "invalid params") {
            self = .invalidRequest
        } else {
            self = .internalError
        }
    }
}
