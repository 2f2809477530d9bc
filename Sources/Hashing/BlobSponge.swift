public import Bytes
public import Field

/// The sponge that a block's blob fields go through in pieces («note 01 §3»). Its byte form is part of block
/// building: cache (3 fields), state (4), cache size, squeezed, fields absorbed, fields expected.
public struct BlobSponge: Hashable, Sendable, BinaryCodable {
    public enum Failure: Error, Equatable, Sendable {
        /// More fields than were announced.
        case overfull(absorbed: Int, expected: Int)
        case alreadySqueezed
    }

    /// Fields that wait for the next permutation; positions from `cacheSize` up keep what was there before.
    public private(set) var cache: [Fr]
    public private(set) var state: [Fr]
    public private(set) var cacheSize: Int
    public private(set) var isSqueezed: Bool
    public private(set) var absorbed: UInt32
    public let expected: UInt32

    public init(expected: UInt32) {
        cache = [.zero, .zero, .zero]
        state = [.zero, .zero, .zero, Poseidon2.initialValue(Int(expected))]
        cacheSize = 0
        isSqueezed = false
        absorbed = 0
        self.expected = expected
    }

    public mutating func absorb(_ fields: [Fr]) throws(Failure) {
        guard !isSqueezed else { throw .alreadySqueezed }
        guard Int(absorbed) + fields.count <= Int(expected) else {
            throw .overfull(absorbed: Int(absorbed) + fields.count, expected: Int(expected))
        }
        absorbUnchecked(fields)
        absorbed += UInt32(fields.count)
    }

    /// The hash. A sponge that has not got all its fields absorbs a one first.
    public mutating func squeeze() throws(Failure) -> Fr {
        guard !isSqueezed else { throw .alreadySqueezed }
        if absorbed != expected { absorbUnchecked([.one]) }
        permute()
        isSqueezed = true
        return state[0]
    }

    private mutating func absorbUnchecked(_ fields: [Fr]) {
        for field in fields {
            if cacheSize == cache.count {
                permute()
                cacheSize = 0
            }
            cache[cacheSize] = field
            cacheSize += 1
        }
    }

    private mutating func permute() {
        for index in 0..<cacheSize { state[index] += cache[index] }
        var four = (state[0], state[1], state[2], state[3])
        Poseidon2.permute(&four)
        state = [four.0, four.1, four.2, four.3]
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        var fields: [Fr] = []
        for _ in 0..<7 { fields.append(try Fr(from: &reader)) }
        cache = Array(fields[..<3])
        state = Array(fields[3...])
        let size = try reader.readUInt32("sponge cache size")
        guard size <= 3 else { throw reader.failure("sponge cache size: \(size) is more than 3") }
        cacheSize = Int(size)
        isSqueezed = try reader.readUInt8("sponge squeeze mode") != 0
        absorbed = try reader.readUInt32("sponge fields")
        expected = try reader.readUInt32("sponge expected fields")
    }

    public func write(to writer: inout ByteWriter) {
        for field in cache + state { field.write(to: &writer) }
        writer.write(UInt32(cacheSize))
        writer.write(UInt8(isSqueezed ? 1 : 0))
        writer.write(absorbed)
        writer.write(expected)
    }
}
