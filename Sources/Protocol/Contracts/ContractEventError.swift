/// A contract event that does not say what it must. The chain cannot be followed past it.
public struct ContractEventError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
