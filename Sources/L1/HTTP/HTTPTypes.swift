/// One HTTP exchange to make.
public struct HTTPRequest: Sendable {
    public enum Method: Sendable { case get, post }

    public var method: Method
    public var url: HTTPAddress
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// For the whole exchange, connecting included.
    public var timeout: Duration
    /// A body larger than this (after decompression) ends the exchange with an error.
    public var maximumResponseBytes: Int

    public init(
        _ method: Method, _ url: HTTPAddress, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(30), maximumResponseBytes: Int = 64 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseBytes = maximumResponseBytes
    }
}

public struct HTTPResponse: Sendable {
    public var status: Int
    /// Names in lower case; the last value of a repeated name.
    public var headers: [String: String]
    public var body: [UInt8]

    public init(status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// `Retry-After` in seconds; the date form counts as absent.
    public var retryAfter: Duration? {
        headers["retry-after"].flatMap { Int($0) }.flatMap { (0...86400).contains($0) ? .seconds($0) : nil }
    }
}

/// Why an exchange gave no response.
public enum HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    case timeout
    case cancelled
    case tooLarge(limit: Int)
    /// Name resolution or connecting failed.
    case unreachable(String)
    /// The connection broke or spoke no HTTP; a truncated body too.
    case broken(String)
    case tls(String)
    case badAddress(String)

    public var description: String {
        switch self {
        case .timeout: "no answer in time"
        case .cancelled: "cancelled"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .unreachable(let reason): "cannot connect: \(reason)"
        case .broken(let reason): "the connection broke: \(reason)"
        case .tls(let reason): "TLS failed: \(reason)"
        case .badAddress(let reason): "unusable address: \(reason)"
        }
    }
}
