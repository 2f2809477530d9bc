/// Why a JSON text or value was refused. `path` names the place (`result[3].blockHash`), empty for the whole text.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String
    public var path: String

    public init(_ message: String, path: String = "") {
        self.message = message
        self.path = path
    }

    public init(_ message: String, at element: JSONElement) { self.init(message, path: element.path) }

    public var description: String { path.isEmpty ? message : "\(message) at \(path)" }
}
