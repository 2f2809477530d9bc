/// Appends big-endian values to a byte array.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    public mutating func write(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    public mutating func write<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
        var shift = T.bitWidth
        while shift > 0 {
            shift -= 8
            bytes.append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    public mutating func writeZeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }
}

/// A value with one binary form (protocol note 02).
public protocol BinaryCodable {
    init(from reader: inout ByteReader) throws(DecodingError)
    func write(to writer: inout ByteWriter)
}

extension BinaryCodable {
    /// Decodes the whole of `bytes`; trailing bytes are an error.
    public init(exactly bytes: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.requireEnd()
    }

    /// Decodes the front of `bytes`; what follows is ignored, as the reference's readers do.
    public init(prefixOf bytes: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
    }

    public var serialized: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }
}
