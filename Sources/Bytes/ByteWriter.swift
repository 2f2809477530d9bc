/// Appends big-endian values to a byte array.
public struct ByteWriter: Sendable {
    @usableFromInline var storage: [UInt8] = []

    @inlinable public var bytes: [UInt8] { storage }

    @inlinable
    public init(reserving capacity: Int = 0) { storage.reserveCapacity(capacity) }

    @inlinable
    public mutating func write(_ value: some Sequence<UInt8>) { storage.append(contentsOf: value) }

    @inlinable
    public mutating func write<T: FixedWidthInteger & UnsignedInteger>(_ value: T) {
        var shift = T.bitWidth
        while shift > 0 {
            shift -= 8
            storage.append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }

    @inlinable
    public mutating func writeZeros(_ count: Int) { storage.append(contentsOf: repeatElement(0, count: count)) }
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
