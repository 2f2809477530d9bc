public import Field

/// SHA-256 (FIPS 180-4), and the forms the protocol makes of it («note 01 §5»).
public struct SHA256: Sendable {
    /// Eight working words; the caller of `compress` owns them.
    public typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

    public static let initialState: State = (
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)

    var state = initialState
    var block = [UInt8]()
    var length: UInt64 = 0

    public init() { block.reserveCapacity(64) }

    public mutating func update(_ bytes: some Collection<UInt8>) {
        if let done: Void = bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) { return done }
        Array(bytes).withUnsafeBytes { update($0) }
    }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        length &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !block.isEmpty {
            let taken = min(64 - block.count, rest.count)
            block.append(contentsOf: rest.prefix(taken))
            rest = rest.dropFirst(taken)
            guard block.count == 64 else { return }
            block.withUnsafeBytes { Self.compress(&state, blocks: $0) }
            block.removeAll(keepingCapacity: true)
        }
        let whole = rest.count & ~63
        if whole > 0 { Self.compress(&state, blocks: UnsafeRawBufferPointer(rebasing: rest.prefix(whole))) }
        block.append(contentsOf: rest.dropFirst(whole))
    }

    public mutating func finalize() -> [UInt8] {
        let bits = length &* 8
        block.append(0x80)
        if block.count > 56 { block.append(contentsOf: repeatElement(0, count: 64 - block.count)) }
        if block.count == 64 {
            block.withUnsafeBytes { Self.compress(&state, blocks: $0) }
            block.removeAll(keepingCapacity: true)
        }
        block.append(contentsOf: repeatElement(0, count: 56 - block.count))
        for shift in stride(from: UInt64(56), through: 0, by: -8) { block.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        block.withUnsafeBytes { Self.compress(&state, blocks: $0) }
        return Self.digest(state)
    }

    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finalize()
    }

    /// `00 ‖ first 31 bytes of sha256(bytes)` as a field: every hash that L1 sees.
    public static func truncatedToField(_ bytes: some Collection<UInt8>) -> Fr { truncate(hash(bytes)) }

    /// `truncatedToField(be32(left) ‖ be32(right))`: two blocks, no heap.
    public static func truncatedPair(_ left: Fr, _ right: Fr) -> Fr {
        var state = initialState
        withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { blocks in
            left.store(to: blocks)
            right.store(to: UnsafeMutableRawBufferPointer(rebasing: blocks[32...]))
            // The second block is padding alone: a one bit, zeros, the length of 512 bits.
            UnsafeMutableRawBufferPointer(rebasing: blocks[64...]).initializeMemory(as: UInt8.self, repeating: 0)
            blocks[64] = 0x80
            blocks[126] = 0x02
            compress(&state, blocks: UnsafeRawBufferPointer(blocks))
        }
        func word(_ high: UInt32, _ low: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }
        let digest = Limbs4(word(state.6, state.7), word(state.4, state.5), word(state.2, state.3), word(state.0, state.1))
        return Fr(unchecked: digest.shiftedRight(8))
    }

    /// `truncatedToField` of the concatenated 32-byte forms.
    public static func truncatedToField(_ fields: [Fr]) -> Fr {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32 * fields.count)
        for field in fields { bytes += field.bytes }
        return truncatedToField(bytes)
    }

    /// `sha256(bytes) mod p`: artifact hashes only.
    public static func reducedToField(_ bytes: some Collection<UInt8>) -> Fr { Fr(reducing: hash(bytes)) }

    static func truncate(_ digest: [UInt8]) -> Fr { Fr(unchecked: Limbs4(bigEndian: digest[..<31])) }

    static func digest(_ state: State) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            raw.storeBytes(of: state.0.bigEndian, toByteOffset: 0, as: UInt32.self)
            raw.storeBytes(of: state.1.bigEndian, toByteOffset: 4, as: UInt32.self)
            raw.storeBytes(of: state.2.bigEndian, toByteOffset: 8, as: UInt32.self)
            raw.storeBytes(of: state.3.bigEndian, toByteOffset: 12, as: UInt32.self)
            raw.storeBytes(of: state.4.bigEndian, toByteOffset: 16, as: UInt32.self)
            raw.storeBytes(of: state.5.bigEndian, toByteOffset: 20, as: UInt32.self)
            raw.storeBytes(of: state.6.bigEndian, toByteOffset: 24, as: UInt32.self)
            raw.storeBytes(of: state.7.bigEndian, toByteOffset: 28, as: UInt32.self)
            count = 32
        }
    }
}
