public import Field

/// The packings of bytes into fields («note 01 §5»). There are three; do not mix them.
public enum FieldPacking {
    /// More fields than the target length allows.
    public struct TooLong: Error, Equatable, Sendable {
        public var needed: Int
        public var allowed: Int
    }

    /// The reference's `bufferAsFields`: the byte length, then 31 bytes a field (a short last chunk is filled with
    /// zeros on the right), then zero fields up to `length`.
    public static func fields(of bytes: [UInt8], length: Int) throws(TooLong) -> [Fr] {
        let chunks = (bytes.count + 30) / 31
        guard 1 + chunks <= length else { throw TooLong(needed: 1 + chunks, allowed: length) }
        return unpadded(bytes) + [Fr](repeating: .zero, count: length - 1 - chunks)
    }

    /// The same without the trailing zero fields.
    public static func unpadded(_ bytes: [UInt8]) -> [Fr] {
        var fields = [Fr(UInt64(bytes.count))]
        fields.reserveCapacity(1 + (bytes.count + 30) / 31)
        for start in stride(from: 0, to: bytes.count, by: 31) {
            let chunk = bytes[start..<min(start + 31, bytes.count)]
            fields.append(chunk.count == 31
                ? Fr(unchecked: Limbs4(bigEndian: chunk))
                : Fr(unchecked: Limbs4(bigEndian: Array(chunk) + [UInt8](repeating: 0, count: 31 - chunk.count))))
        }
        return fields
    }

    /// Back to bytes: nil when the length does not fit in the fields that follow. Bytes 1...31 of each field count.
    public static func bytes(of fields: some Collection<Fr>) -> [UInt8]? {
        guard let first = fields.first, let length = first.uint64, length <= UInt64(31 * (fields.count - 1)) else { return nil }
        var bytes: [UInt8] = []
        let count = Int(length)
        bytes.reserveCapacity(count + 31)
        for field in fields.dropFirst() where bytes.count < count { bytes += field.bytes[1...] }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
