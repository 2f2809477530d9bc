public import Bytes
public import Field
public import JSON

/// Amounts of data-availability and L2 gas.
public struct Gas: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var daGas: UInt32
    public var l2Gas: UInt32

    public init(daGas: UInt32, l2Gas: UInt32) {
        self.daGas = daGas
        self.l2Gas = l2Gas
    }

    public static let zero = Gas(daGas: 0, l2Gas: 0)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        daGas = try reader.readUInt32("DA gas")
        l2Gas = try reader.readUInt32("L2 gas")
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(daGas)
        writer.write(l2Gas)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(Fr(UInt64(daGas)))
        fields.append(Fr(UInt64(l2Gas)))
    }

    /// What this gas costs at `fees`.
    public func fee(at fees: GasFees) -> Fr {
        Fr(UInt64(daGas)) * fees.feePerDaGas + Fr(UInt64(l2Gas)) * fees.feePerL2Gas
    }
}

extension Gas: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("daGas", daGas)
        writer.member("l2Gas", l2Gas)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        daGas = try json.required("daGas").coercedUInt32()
        l2Gas = try json.required("l2Gas").coercedUInt32()
    }
}
