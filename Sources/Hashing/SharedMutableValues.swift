public import Field

/// A value in public storage that changes at an announced block, with the delay such changes need («note 01 §8.3»).
/// The contract-upgrade record is one, with a class id as its value.
public struct SharedMutableValues: Hashable, Sendable {
    /// The change of the value: `previous` before `blockOfChange`, `post` from it on. Both have the same count.
    public struct ValueChange: Hashable, Sendable {
        public var previous, post: [Fr]
        public var blockOfChange: UInt32

        public init(previous: [Fr], post: [Fr], blockOfChange: UInt32) {
            precondition(previous.count == post.count)
            self.previous = previous
            self.post = post
            self.blockOfChange = blockOfChange
        }

        public func current(atBlock block: UInt32) -> [Fr] { block < blockOfChange ? previous : post }
    }

    /// The change of the delay.
    public struct DelayChange: Hashable, Sendable {
        public var pre, post: UInt32?
        public var blockOfChange: UInt32

        public init(pre: UInt32?, post: UInt32?, blockOfChange: UInt32) {
            self.pre = pre
            self.post = post
            self.blockOfChange = blockOfChange
        }
    }

    public var value: ValueChange
    public var delay: DelayChange

    public init(value: ValueChange, delay: DelayChange) {
        self.value = value
        self.delay = delay
    }

    /// Metadata, previous value, post value: what lies in consecutive slots.
    public var fields: [Fr] { [metadata] + value.previous + value.post }

    /// What lies in the slot behind `fields`.
    public var hash: Fr { Poseidon2.hash(fields) }

    /// Bits from 0: value block u32, delay block u32, post-is-some u8, post u32, pre-is-some u8, pre u32.
    private var metadata: Fr {
        let low = UInt64(value.blockOfChange) | UInt64(delay.blockOfChange) << 32
        var high: UInt128 = 0
        if let post = delay.post { high |= 1 | UInt128(post) << 8 }
        if let pre = delay.pre { high |= 1 << 40 | UInt128(pre) << 48 }
        return Fr(unchecked: Limbs4(low, UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64), 0))
    }

    /// nil when there is no field or the values do not come in pairs.
    public init?(fields: [Fr]) {
        guard let metadata = fields.first?.integer, fields.count % 2 == 1 else { return nil }
        let count = fields.count / 2
        let high = UInt128(metadata.l1) | UInt128(metadata.l2) << 64
        func option(_ shift: UInt128) -> UInt32? {
            high >> shift & 0xff == 0 ? nil : UInt32(truncatingIfNeeded: high >> (shift + 8))
        }
        self.init(
            value: ValueChange(
                previous: Array(fields[1..<(1 + count)]), post: Array(fields[(1 + count)...]),
                blockOfChange: UInt32(truncatingIfNeeded: metadata.l0)),
            delay: DelayChange(pre: option(40), post: option(0), blockOfChange: UInt32(truncatingIfNeeded: metadata.l0 >> 32)))
    }
}
