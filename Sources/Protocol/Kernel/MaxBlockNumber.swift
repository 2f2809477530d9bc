public import Bytes
public import Field

/// The last block that may include a tx, when the tx set one.
public struct MaxBlockNumber: Hashable, Sendable, BinaryCodable, FieldEncodable {
    /// Kept when `isSome` is false too: it is part of the tx hash.
    public var value: Fr
    public var isSome: Bool

    public init(isSome: Bool, value: Fr) {
        self.isSome = isSome
        self.value = value
    }

    public static let none = MaxBlockNumber(isSome: false, value: .zero)
    public static let byteCount = 33

    public var limit: Fr? { isSome ? value : nil }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        isSome = try reader.readUInt8("isSome") != 0
        value = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt8(isSome ? 1 : 0))
        value.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(Fr(isSome))
        fields.append(value)
    }
}
