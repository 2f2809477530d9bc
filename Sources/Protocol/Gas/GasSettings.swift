public import Bytes
public import Field
public import JSON

/// What a tx may use and pay.
public struct GasSettings: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var gasLimits: Gas
    public var teardownGasLimits: Gas
    public var maxFeesPerGas: GasFees
    public var maxPriorityFeesPerGas: GasFees

    public init(gasLimits: Gas, teardownGasLimits: Gas, maxFeesPerGas: GasFees, maxPriorityFeesPerGas: GasFees) {
        self.gasLimits = gasLimits
        self.teardownGasLimits = teardownGasLimits
        self.maxFeesPerGas = maxFeesPerGas
        self.maxPriorityFeesPerGas = maxPriorityFeesPerGas
    }

    public static let zero = GasSettings(gasLimits: .zero, teardownGasLimits: .zero, maxFeesPerGas: .zero, maxPriorityFeesPerGas: .zero)

    /// The most the tx can cost: all of its limits at its maximum fees.
    public var feeLimit: Fr { gasLimits.fee(at: maxFeesPerGas) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        gasLimits = try Gas(from: &reader)
        teardownGasLimits = try Gas(from: &reader)
        maxFeesPerGas = try GasFees(from: &reader)
        maxPriorityFeesPerGas = try GasFees(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        gasLimits.write(to: &writer)
        teardownGasLimits.write(to: &writer)
        maxFeesPerGas.write(to: &writer)
        maxPriorityFeesPerGas.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        gasLimits.append(to: &fields)
        teardownGasLimits.append(to: &fields)
        maxFeesPerGas.append(to: &fields)
        maxPriorityFeesPerGas.append(to: &fields)
    }
}

extension GasSettings: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("gasLimits", gasLimits)
        writer.member("teardownGasLimits", teardownGasLimits)
        writer.member("maxFeesPerGas", maxFeesPerGas)
        writer.member("maxPriorityFeesPerGas", maxPriorityFeesPerGas)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        gasLimits = try json.decode("gasLimits")
        teardownGasLimits = try json.decode("teardownGasLimits")
        maxFeesPerGas = try json.decode("maxFeesPerGas")
        maxPriorityFeesPerGas = try json.decode("maxPriorityFeesPerGas")
    }
}
