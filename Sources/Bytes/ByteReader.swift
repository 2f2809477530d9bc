/// Why a decoder refused its input. `reason` names what was wrong, `offset` where the reader stood.
public struct DecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    public var reason: String
    public var offset: Int

    public init(_ reason: String, at offset: Int = 0) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "\(reason) (at byte \(offset))" }
}

/// A cursor over bytes from outside. Every read is bounds-checked and throws `DecodingError`; nothing is
/// allocated on the word of a length that the remaining bytes do not cover.
public struct ByteReader: Sendable {
    public let bytes: ArraySlice<UInt8>
    @usableFromInline var cursor: Int

    @inlinable public var position: Int { cursor }

    @inlinable
    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    @inlinable
    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        cursor = bytes.startIndex
    }

    /// Bytes consumed so far.
    @inlinable public var offset: Int { cursor - bytes.startIndex }
    @inlinable public var remaining: Int { bytes.endIndex - cursor }
    @inlinable public var isAtEnd: Bool { cursor == bytes.endIndex }

    public func failure(_ reason: String) -> DecodingError { DecodingError(reason, at: offset) }

    // Apart, so that what is inlined into every decoder stays small.
    @usableFromInline @inline(never)
    func tooShort(_ count: Int, _ what: StaticString) -> DecodingError { failure("\(what): needs \(count) bytes, \(remaining) left") }

    /// The next `count` bytes without copying them.
    @inlinable
    public mutating func read(_ count: Int, _ what: StaticString = "bytes") throws(DecodingError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw tooShort(count, what) }
        defer { cursor += count }
        return bytes[cursor..<(cursor + count)]
    }

    public mutating func skip(_ count: Int, _ what: StaticString = "bytes") throws(DecodingError) {
        _ = try read(count, what)
    }

    /// Big-endian unsigned integer of the type's own width.
    @inlinable
    public mutating func readInteger<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type = T.self, _ what: StaticString = "integer") throws(DecodingError) -> T {
        var value: T = 0
        for byte in try read(T.bitWidth / 8, what) { value = value << 8 | T(truncatingIfNeeded: byte) }
        return value
    }

    @inlinable public mutating func readUInt8(_ what: StaticString = "u8") throws(DecodingError) -> UInt8 { try readInteger(UInt8.self, what) }
    @inlinable public mutating func readUInt16(_ what: StaticString = "u16") throws(DecodingError) -> UInt16 { try readInteger(UInt16.self, what) }
    @inlinable public mutating func readUInt32(_ what: StaticString = "u32") throws(DecodingError) -> UInt32 { try readInteger(UInt32.self, what) }
    @inlinable public mutating func readUInt64(_ what: StaticString = "u64") throws(DecodingError) -> UInt64 { try readInteger(UInt64.self, what) }

    /// A 32-bit big-endian count, refused when above `maximum` or when `count × minimumElementBytes` exceeds what is left.
    public mutating func readCount(
        maximum: Int, minimumElementBytes: Int = 1, _ what: StaticString = "count"
    ) throws(DecodingError) -> Int {
        let count = Int(try readUInt32(what))
        guard count <= maximum else { throw failure("\(what): \(count) is more than \(maximum)") }
        guard count.multipliedReportingOverflow(by: minimumElementBytes).partialValue <= remaining else {
            throw failure("\(what): \(count) elements do not fit in \(remaining) bytes")
        }
        return count
    }

    public func requireEnd(_ what: StaticString = "value") throws(DecodingError) {
        guard isAtEnd else { throw failure("\(what): \(remaining) bytes left over") }
    }
}
