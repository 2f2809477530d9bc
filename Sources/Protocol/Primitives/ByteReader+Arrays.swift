public import Bytes

extension ByteReader {
    /// `count` values behind one another. Reserves only what the remaining bytes can hold.
    public mutating func readArray<T: BinaryCodable>(
        _ type: T.Type = T.self, count: Int, minimumElementBytes: Int
    ) throws(DecodingError) -> [T] {
        var list: [T] = []
        list.reserveCapacity(Swift.min(count, remaining / minimumElementBytes))
        for _ in 0..<count { list.append(try T(from: &self)) }
        return list
    }

    /// A list behind a one-byte count.
    public mutating func readShortVector<T: BinaryCodable>(_ type: T.Type = T.self, minimumElementBytes: Int) throws(DecodingError) -> [T] {
        let count = Int(try readUInt8("count"))
        return try readArray(count: count, minimumElementBytes: minimumElementBytes)
    }

    /// A list behind a four-byte count, of at most `maximum` elements.
    public mutating func readVector<T: BinaryCodable>(
        _ type: T.Type = T.self, maximum: Int = .max, minimumElementBytes: Int, _ what: StaticString = "count"
    ) throws(DecodingError) -> [T] {
        let count = try readCount(maximum: maximum, minimumElementBytes: minimumElementBytes, what)
        return try readArray(count: count, minimumElementBytes: minimumElementBytes)
    }
}

extension ByteWriter {
    /// A list without its count.
    public mutating func writeAll(_ list: some Sequence<some BinaryCodable>) {
        for element in list { element.write(to: &self) }
    }

    /// A list behind a one-byte count; more than 255 elements have no such form.
    public mutating func writeShortVector(_ list: [some BinaryCodable]) {
        write(UInt8(list.count))
        writeAll(list)
    }

    /// A list behind a four-byte count.
    public mutating func writeVector(_ list: [some BinaryCodable]) {
        write(UInt32(list.count))
        writeAll(list)
    }
}

// The reference writes its `bigint` in 32 bytes; ours hold 64 bits, which no index or number of the chain exceeds.
extension ByteReader {
    public mutating func readWideInteger(_ what: StaticString) throws(DecodingError) -> UInt64 {
        let start = offset
        for byte in try read(24, what) where byte != 0 { throw DecodingError("\(what): out of range", at: start) }
        return try readUInt64(what)
    }
}

extension ByteWriter {
    public mutating func writeWide(_ value: UInt64) {
        writeZeros(24)
        write(value)
    }
}
