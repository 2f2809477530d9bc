/// A request whose body has arrived whole (and is decompressed).
public struct HTTPRequest: Sendable {
    /// As sent: `POST`.
    public var method: String
    /// Path without query.
    public var path: String
    /// Header values by lower-case name, of the names the server was asked to keep.
    public var headers: [String: String]
    public var body: [UInt8]

    public init(method: String, path: String, headers: [String: String] = [:], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}

public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public static func text(_ status: Int, _ text: String, headers: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers + [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    public static func json(_ status: Int, _ body: [UInt8], headers: [(name: String, value: String)] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers + [("Content-Type", "application/json; charset=utf-8")], body: body)
    }
}

/// A body that was not taken.
public enum HTTPBodyFailure: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLarge(limit: Int)
    case encoding(String)
    /// All bodies being received together exceed what the server gives them.
    case busy

    public var description: String {
        switch self {
        case .tooLarge: "request entity too large"
        case .encoding(let reason): reason
        case .busy: "too many requests are being received"
        }
    }
}

public struct HTTPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
