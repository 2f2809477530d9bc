public import JSON

/// The answer of `node_simulatePublicCalls`.
public struct PublicSimulationOutput: Hashable, Sendable {
    public var revertReason: SimulationError?
    public var constants: CombinedConstantData
    public var txEffect: TxEffect
    public var publicReturnValues: [NestedProcessReturnValues]
    public var gasUsed: GasUsed

    public init(
        revertReason: SimulationError?, constants: CombinedConstantData, txEffect: TxEffect, publicReturnValues: [NestedProcessReturnValues],
        gasUsed: GasUsed
    ) {
        self.revertReason = revertReason
        self.constants = constants
        self.txEffect = txEffect
        self.publicReturnValues = publicReturnValues
        self.gasUsed = gasUsed
    }
}

extension PublicSimulationOutput: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("revertReason", ifPresent: revertReason)
        writer.member("constants", constants)
        writer.member("txEffect", txEffect)
        writer.member("publicReturnValues", publicReturnValues)
        writer.member("gasUsed", gasUsed)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        revertReason = try json.decodeIfPresent("revertReason")
        constants = try json.decode("constants")
        txEffect = try json.decode("txEffect")
        publicReturnValues = try json.decodeArray("publicReturnValues")
        gasUsed = try json.decode("gasUsed")
    }
}
