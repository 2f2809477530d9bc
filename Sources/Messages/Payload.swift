/// Writes a message body of fixed layout: little-endian, at stated offsets.
public struct PayloadWriter: Sendable {
    public private(set) var bytes: [UInt8]

    public init(count: Int) { bytes = [UInt8](repeating: 0, count: count) }

    public mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        for i in 0..<MemoryLayout<T>.size { bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (8 * T(i))) }
    }

    public mutating func put(_ field: [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + field.count, with: field)
    }
}

extension RawSpan {
    /// Little-endian word at an offset that lies inside (else it traps).
    public func word<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, as type: T.Type = UInt64.self) -> T {
        T(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    public func bytes(_ offset: Int, count: Int) -> [UInt8] {
        let part = extracting(offset..<offset + count)
        return part.withUnsafeBytes { Array($0) }
    }
}
