extension Span where Element == UInt8 {
    /// The bytes in `range` as an array.
    public func copied(_ range: Range<Int>) -> [UInt8] { extracting(range).withUnsafeBufferPointer { Array($0) } }
}
