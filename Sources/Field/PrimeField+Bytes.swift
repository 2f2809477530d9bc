public import Bytes

extension PrimeField {
    /// Exactly 32 big-endian bytes below the modulus, else nil.
    @inlinable
    public init?(canonical bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        guard let value = Self(Limbs4(bigEndian: bytes)) else { return nil }
        self = value
    }

    /// A big-endian integer of any length modulo p.
    public init(reducing bytes: some Collection<UInt8>) {
        if bytes.count <= 32 {
            // At most five moduli fit in 256 bits.
            var value = Limbs4(bigEndian: bytes)
            while !(value < Self.modulus) { value = value.subtractingWrapping(Self.modulus) }
            self.init(unchecked: value)
            return
        }
        // 31 bytes at a time always stay below 2^248 < p.
        var result = Self.zero
        let shift = Self(unchecked: Limbs4(0, 0, 0, 1 << 56))
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let head = rest.count % 31 == 0 ? 31 : rest.count % 31
            result = result * shift + Self(unchecked: Limbs4(bigEndian: rest.prefix(head)))
            rest = rest.dropFirst(head)
        }
        self = result
    }

    /// Hex digits with or without `0x`, at most 64 of them, below the modulus; an odd digit count is allowed.
    public init?(hex: String) {
        var digits = Array(hex.utf8)[...]
        if digits.starts(with: [48, 120]) { digits = digits.dropFirst(2) }
        guard digits.count <= 64, !digits.isEmpty else { return nil }
        let padded = Array(repeating: UInt8(48), count: 64 - digits.count) + digits
        guard let bytes = Hex.decode(utf8: padded[...]) else { return nil }
        self.init(canonical: bytes)
    }

    /// 32 big-endian bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            store(to: UnsafeMutableRawBufferPointer(buffer))
            count = 32
        }
    }

    /// Writes the 32 big-endian bytes to the front of `buffer`, which holds at least 32.
    @inlinable
    public func store(to buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= 32)
        let value = integer
        buffer.storeBytes(of: value.l3.bigEndian, toByteOffset: 0, as: UInt64.self)
        buffer.storeBytes(of: value.l2.bigEndian, toByteOffset: 8, as: UInt64.self)
        buffer.storeBytes(of: value.l1.bigEndian, toByteOffset: 16, as: UInt64.self)
        buffer.storeBytes(of: value.l0.bigEndian, toByteOffset: 24, as: UInt64.self)
    }

    /// `0x` and 64 lower-case digits.
    public var hex: String { Hex.encodePrefixed(bytes) }

    public var description: String { hex }

    @inlinable
    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        let bytes = try reader.read(32, "field")
        guard let value = Self(canonical: bytes) else {
            throw DecodingError("field: not below the modulus", at: start)
        }
        self = value
    }

    @inlinable
    public func write(to writer: inout ByteWriter) {
        let value = integer
        withUnsafeBytes(of: (value.l3.bigEndian, value.l2.bigEndian, value.l1.bigEndian, value.l0.bigEndian)) { writer.write($0) }
    }
}

extension Limbs4 {
    /// A big-endian integer of at most 32 bytes.
    @inlinable
    public init(bigEndian bytes: some Collection<UInt8>) {
        precondition(bytes.count <= 32)
        let fast = bytes.withContiguousStorageIfAvailable { buffer -> Limbs4? in
            guard buffer.count == 32 else { return nil }
            let raw = UnsafeRawBufferPointer(buffer)
            return Limbs4(
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)))
        }
        if let found = fast, let value = found {
            self = value
            return
        }
        var value = Limbs4.zero
        for byte in bytes {
            value = Limbs4(
                value.l0 << 8 | UInt64(byte), value.l1 << 8 | value.l0 >> 56,
                value.l2 << 8 | value.l1 >> 56, value.l3 << 8 | value.l2 >> 56)
        }
        self = value
    }

    /// 32 big-endian bytes.
    public var bigEndianBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        for index in 0..<32 {
            bytes[31 - index] = UInt8(truncatingIfNeeded: self[index >> 3] >> UInt64(8 * (index & 7)))
        }
        return bytes
    }
}
