import Bytes
import Field
import Protocol

// Lists and texts between our own processes. A count never allocates more than the bytes behind it can hold.
extension ByteReader {
    mutating func readList<T: BinaryCodable>(_ type: T.Type = T.self, maximum: Int, bytes: Int, _ what: StaticString) throws(DecodingError) -> [T] {
        try readVector(maximum: maximum, minimumElementBytes: bytes, what)
    }

    mutating func readText(maximum: Int, _ what: StaticString) throws(DecodingError) -> String {
        let count = try readCount(maximum: maximum, what)
        return String(decoding: try read(count, what), as: UTF8.self)
    }

    mutating func readFlag(_ what: StaticString) throws(DecodingError) -> Bool {
        switch try readUInt8(what) {
        case 0: return false
        case 1: return true
        default: throw failure("\(what): neither 0 nor 1")
        }
    }

    mutating func readIfPresent<T>(_ what: StaticString, _ value: (inout ByteReader) throws(DecodingError) -> T) throws(DecodingError) -> T? {
        try readFlag(what) ? try value(&self) : nil
    }
}

extension ByteWriter {
    /// Longer texts are cut.
    mutating func writeText(_ text: String, maximum: Int) {
        let bytes = Array(text.utf8.prefix(maximum))
        write(UInt32(bytes.count))
        write(bytes)
    }

    mutating func writeFlag(_ flag: Bool) { write(UInt8(flag ? 1 : 0)) }

    mutating func writeIfPresent<T>(_ value: T?, _ put: (T, inout ByteWriter) -> Void) {
        writeFlag(value != nil)
        if let value { put(value, &self) }
    }
}

/// Most that one transaction can do; far above what gas allows, so that nothing real is refused.
enum WireLimits {
    static let reads = 1 << 17
    static let effects = 1 << 10
    static let contracts = 64
    static let bytecode = 4 << 20
    static let text = 1 << 16
    static let values = 1 << 16
    static let frames = 1 << 12
    static let depth = 64
}
