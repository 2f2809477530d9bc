/// Why a configuration was refused; the text names flag, variable, value and expectation.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
