/// Bytes with long runs of zeros (a transaction's padded lists) in short: pairs of «so many bytes as they are» and «so many
/// zeros», each count in two bytes, little-endian.
public enum PackedZeros {
    /// Shorter runs cost more than they save.
    static let shortest = 8
    static let most = 0xffff

    public static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count / 8)
        var literal = 0, at = 0
        func put(_ count: Int) {
            out.append(UInt8(count & 0xff))
            out.append(UInt8(count >> 8))
        }
        /// Ends a literal at `end` and a run of zeros at `next`.
        func emit(_ end: Int, _ next: Int) {
            var zeros = next - end
            repeat {
                let count = min(end - literal, most)
                put(count)
                out.append(contentsOf: bytes[literal..<literal + count])
                literal += count
                let run = literal == end ? min(zeros, most) : 0
                put(run)
                zeros -= run
            } while literal < end || zeros > 0
            literal = next
        }
        while at < bytes.count {
            guard bytes[at] == 0 else {
                at += 1
                continue
            }
            var end = at + 1
            while end < bytes.count, bytes[end] == 0 { end += 1 }
            if end - at >= shortest { emit(at, end) }
            at = end
        }
        if literal < bytes.count { emit(bytes.count, bytes.count) }
        return out
    }

    /// nil if the input is no such form or stands for more than `limit` bytes.
    public static func unpack(_ packed: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
        var out: [UInt8] = []
        var at = packed.startIndex
        func count() -> Int? {
            guard packed.endIndex - at >= 2 else { return nil }
            defer { at += 2 }
            return Int(packed[at]) | Int(packed[at + 1]) << 8
        }
        // Two passes, so that the bytes are allocated once and only for an input that is whole.
        var total = 0
        while at < packed.endIndex {
            guard let literal = count(), packed.endIndex - at >= literal else { return nil }
            at += literal
            guard let zeros = count() else { return nil }
            total += literal + zeros
            guard total <= limit else { return nil }
        }
        out.reserveCapacity(total)
        at = packed.startIndex
        while at < packed.endIndex, let literal = count() {
            out.append(contentsOf: packed[at..<at + literal])
            at += literal
            if let zeros = count() { out.append(contentsOf: repeatElement(0, count: zeros)) }
        }
        return out
    }
}
