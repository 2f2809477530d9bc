/// Requests made to L1 since the start, for metrics and for the frugality budget.
public struct RPCStatistics: Sendable {
    public struct Method: Sendable, Hashable {
        /// JSON-RPC calls sent (one that was sent to two hosts counts twice).
        public var requests: UInt64 = 0
        public var errors: UInt64 = 0
        /// Calls answered by one already in flight.
        public var shared: UInt64 = 0
    }

    public internal(set) var methods: [String: Method] = [:]
    /// HTTP exchanges.
    public internal(set) var exchanges: UInt64 = 0

    public init() {}

    public var requests: UInt64 { methods.values.reduce(0) { $0 + $1.requests } }
}
