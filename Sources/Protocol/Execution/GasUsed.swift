public import JSON

/// Gas of a processed tx, by what used it.
public struct GasUsed: Hashable, Sendable {
    /// All gas really used.
    public var totalGas: Gas
    /// Gas of the teardown phase.
    public var teardownGas: Gas
    /// Gas of the public phases.
    public var publicGas: Gas
    /// Gas the fee is taken for: teardown is billed at its limit.
    public var billedGas: Gas

    public init(totalGas: Gas, teardownGas: Gas, publicGas: Gas, billedGas: Gas) {
        self.totalGas = totalGas
        self.teardownGas = teardownGas
        self.publicGas = publicGas
        self.billedGas = billedGas
    }
}

extension GasUsed: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("totalGas", totalGas)
        writer.member("teardownGas", teardownGas)
        writer.member("publicGas", publicGas)
        writer.member("billedGas", billedGas)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        totalGas = try json.decode("totalGas")
        teardownGas = try json.decode("teardownGas")
        publicGas = try json.decode("publicGas")
        billedGas = try json.decode("billedGas")
    }
}
