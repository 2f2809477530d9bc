public import Bytes

extension GrumpkinPoint {
    /// (p − 1) / 2: a y up to here has "sign true".
    static let largestSmallY = Limbs4(0xa1f0_fac9_f800_0000, 0x9419_f424_3cdc_b848, 0xdc28_22db_40c0_ac2e, 0x1832_2739_7098_d014)

    /// The protocol's sign: true for the *small* y, y ≤ (p − 1)/2.
    public var sign: Bool { !(Self.largestSmallY < y.integer) }

    /// The point with this x and sign; nil when x³ − 17 is not a square. For x of a point with y = 0 there is none:
    /// the group order is odd.
    public init?(x: Fr, sign: Bool) {
        guard let root = Self.rightSide(x).squareRoot() else { return nil }
        self.init(x: x, y: root)
        if self.sign != sign { y = -y }
    }

    /// Whether an address has a point, that is `x³ − 17` is a square.
    public static func isValidAddress(_ x: Fr) -> Bool { rightSide(x).squareRoot() != nil }

    /// 32 bytes: x with the top bit set when the sign is true. Not meaningful for the infinite point.
    public var compressed: [UInt8] {
        var bytes = x.bytes
        if sign { bytes[0] |= 0x80 }
        return bytes
    }

    /// nil for a length other than 32, an x that is not canonical, or one without a point.
    public init?(compressed bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var copy = Array(bytes)
        let sign = copy[0] & 0x80 != 0
        copy[0] &= 0x7f
        guard let x = Fr(canonical: copy) else { return nil }
        self.init(x: x, sign: sign)
    }

    /// `x ‖ y`; nil for the infinite point, which this form cannot express.
    public var bytes64: [UInt8]? { isInfinite ? nil : x.bytes + y.bytes }

    /// What the reference's native library writes: `x ‖ y`, or 64 bytes of 0xff for infinity.
    public var nativeBytes: [UInt8] { bytes64 ?? [UInt8](repeating: 0xff, count: 64) }

    /// x, y, infinity flag.
    public var fields: [Fr] { [x, y, Fr(isInfinite)] }
}

/// 64 bytes `x ‖ y`, both canonical; the curve is not checked. Writing the infinite point is a broken invariant.
extension GrumpkinPoint: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init(x: try Fr(from: &reader), y: try Fr(from: &reader))
    }

    public func write(to writer: inout ByteWriter) {
        precondition(!isInfinite, "the infinite point has no 64-byte form")
        x.write(to: &writer)
        y.write(to: &writer)
    }
}
