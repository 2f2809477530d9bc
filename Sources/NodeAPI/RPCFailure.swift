import JSON

/// Why a call has no result (note 08 §1.3).
public enum RPCFailure: Error, Equatable, Sendable {
    /// Parameters that do not fit the method's schema: -32701.
    case schema([SchemaIssue])
    /// The method, or a parameter's conversion, failed: -32702.
    case failed(String)
    /// The result cannot be printed: the whole answer becomes HTTP 500.
    case unprintable(String)
}

/// One complaint of parameter checking, worded and placed as the reference's schema library does.
public struct SchemaIssue: Equatable, Sendable {
    public var message: String
    /// Dotted, first element the parameter's position; may be empty.
    public var path: String

    public init(_ message: String, _ path: String) {
        self.message = message
        self.path = path
    }
}

extension RPCFailure {
    /// For methods of parts that this build does not have.
    static func missing(_ method: String, _ part: String) -> RPCFailure { .failed("\(method) needs \(part), which this node does not have yet") }
}
