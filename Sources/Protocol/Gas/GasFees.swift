public import Bytes
public import Field
public import JSON

/// Prices of the two kinds of gas in fee juice.
public struct GasFees: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var feePerDaGas: Fr
    public var feePerL2Gas: Fr

    public init(feePerDaGas: Fr, feePerL2Gas: Fr) {
        self.feePerDaGas = feePerDaGas
        self.feePerL2Gas = feePerL2Gas
    }

    public static let zero = GasFees(feePerDaGas: .zero, feePerL2Gas: .zero)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        feePerDaGas = try Fr(from: &reader)
        feePerL2Gas = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        feePerDaGas.write(to: &writer)
        feePerL2Gas.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(feePerDaGas)
        fields.append(feePerL2Gas)
    }
}

extension GasFees: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("feePerDaGas", feePerDaGas)
        writer.member("feePerL2Gas", feePerL2Gas)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        feePerDaGas = try json.decode("feePerDaGas")
        feePerL2Gas = try json.decode("feePerL2Gas")
    }
}
