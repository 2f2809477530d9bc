public import Bytes

/// The protobuf wire format, as much of it as libp2p's messages need.
public struct ProtobufWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func write(_ field: Int, _ value: UInt64) {
        Varint.append(UInt64(field) << 3, to: &bytes)
        Varint.append(value, to: &bytes)
    }

    public mutating func write(_ field: Int, _ value: [UInt8]) {
        Varint.append(UInt64(field) << 3 | 2, to: &bytes)
        Varint.append(UInt64(value.count), to: &bytes)
        bytes += value
    }

    public mutating func write(_ field: Int, _ text: String) { write(field, Array(text.utf8)) }
}

/// One field of a message.
public struct ProtobufField: Sendable {
    public enum Value: Sendable {
        case varint(UInt64)
        case bytes(ArraySlice<UInt8>)
        /// Types 1 and 5, which no message of the network uses.
        case fixed
    }

    public var number: Int
    public var value: Value

    /// Throws unless the field is length-delimited.
    public func bytes(_ what: StaticString) throws(DecodingError) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = value else { throw DecodingError("\(what): not length-delimited") }
        return bytes
    }

    public func varint(_ what: StaticString) throws(DecodingError) -> UInt64 {
        guard case .varint(let value) = value else { throw DecodingError("\(what): not a varint") }
        return value
    }

    public func text(_ what: StaticString) throws(DecodingError) -> String { String(decoding: try bytes(what), as: UTF8.self) }
}

/// Walks the fields of a message in the order they come; unknown ones are the caller's to skip.
public struct ProtobufReader: Sendable {
    private var reader: ByteReader

    public init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes) }

    public mutating func next() throws(DecodingError) -> ProtobufField? {
        guard !reader.isAtEnd else { return nil }
        let tag = try reader.readVarint("field tag")
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw reader.failure("field number \(tag >> 3)") }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return ProtobufField(number: number, value: .varint(try reader.readVarint("field value")))
        case 1:
            try reader.skip(8, "fixed64")
            return ProtobufField(number: number, value: .fixed)
        case 2:
            let length = try reader.readVarint("field length")
            guard length <= UInt64(reader.remaining) else { throw reader.failure("field \(number): \(length) bytes declared, \(reader.remaining) left") }
            return ProtobufField(number: number, value: .bytes(try reader.read(Int(length), "field")))
        case 5:
            try reader.skip(4, "fixed32")
            return ProtobufField(number: number, value: .fixed)
        default: throw reader.failure("wire type \(tag & 7)")
        }
    }
}
