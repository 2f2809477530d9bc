public import Bytes

/// Unsigned LEB128, as protobuf, multistream and the muxers use it («note 07», head).
public enum Varint {
    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    public static func encode(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    /// Bytes that `value` takes.
    public static func length(_ value: UInt64) -> Int { value == 0 ? 1 : (70 - value.leadingZeroBitCount) / 7 }

    public enum Parsed: Equatable, Sendable {
        case value(UInt64, length: Int)
        /// The buffer ends inside it.
        case incomplete
        /// More than `maximumLength` bytes, or more than 64 bits.
        case invalid
    }

    /// Reads one at the front of `bytes`, for streams that deliver any cut of it.
    public static func parse(_ bytes: ArraySlice<UInt8>, maximumLength: Int = 10) -> Parsed {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        var count = 0
        for byte in bytes {
            count += 1
            if count > maximumLength || (shift == 63 && byte > 1) { return .invalid }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return .value(value, length: count) }
            shift += 7
        }
        return count >= maximumLength ? .invalid : .incomplete
    }
}

extension ByteReader {
    public mutating func readVarint(_ what: StaticString = "varint") throws(DecodingError) -> UInt64 {
        switch Varint.parse(bytes[position...]) {
        case .value(let value, let length):
            try skip(length)
            return value
        case .incomplete: throw failure("\(what): the varint does not end")
        case .invalid: throw failure("\(what): the varint is longer than 64 bits")
        }
    }
}
