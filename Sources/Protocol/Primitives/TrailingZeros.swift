extension ArraySlice<UInt8> {
    /// Where the last byte that is not zero stands. Most of a transaction is padding, so 32 bytes at a time.
    var lastNonZeroIndex: Int? {
        let bytes = span.bytes
        var end = count
        while end >= 32 {
            let a = bytes.unsafeLoadUnaligned(fromByteOffset: end - 32, as: UInt64.self)
            let b = bytes.unsafeLoadUnaligned(fromByteOffset: end - 24, as: UInt64.self)
            let c = bytes.unsafeLoadUnaligned(fromByteOffset: end - 16, as: UInt64.self)
            let d = bytes.unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self)
            if a | b | c | d != 0 { break }
            end -= 32
        }
        while end > 0, self[startIndex + end - 1] == 0 { end -= 1 }
        return end == 0 ? nil : startIndex + end - 1
    }
}
