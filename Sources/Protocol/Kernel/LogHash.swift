public import Bytes
public import Field

/// The hash of a log and how many fields of it were emitted.
public struct LogHash: PaddedItem {
    public var value: Fr
    public var length: UInt32

    public init(value: Fr, length: UInt32) {
        self.value = value
        self.length = length
    }

    public static let padding = LogHash(value: .zero, length: 0)
    public static let byteCount = 36
    public static let fieldCount = 2

    public var isEmpty: Bool { value.isZero && length == 0 }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        value = try Fr(from: &reader)
        length = try reader.readUInt32("log length")
    }

    public func write(to writer: inout ByteWriter) {
        value.write(to: &writer)
        writer.write(length)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(value)
        fields.append(Fr(UInt64(length)))
    }
}
