/// Why point bytes were refused.
public enum PointError: Error, Equatable, Sendable, CustomStringConvertible {
    case length(Int)
    case flags
    case coordinateTooLarge
    case notOnCurve
    case notInSubgroup

    public var description: String {
        switch self {
        case .length(let count): "point: \(count) bytes"
        case .flags: "point: flag bits of the compressed form are wrong"
        case .coordinateTooLarge: "point: coordinate is not below the modulus"
        case .notOnCurve: "point: no point of the curve has this coordinate"
        case .notInSubgroup: "point: not in the subgroup of prime order"
        }
    }
}

/// The three flag bits of a compressed point and the coordinate's bytes without them.
private func splitFlags(_ bytes: [UInt8], count: Int) throws(PointError) -> (isInfinity: Bool, isLarger: Bool, coordinate: [UInt8]) {
    guard bytes.count == count else { throw .length(bytes.count) }
    guard bytes[0] & 0x80 != 0 else { throw .flags }
    let isInfinity = bytes[0] & 0x40 != 0
    let isLarger = bytes[0] & 0x20 != 0
    var coordinate = bytes
    coordinate[0] &= 0x1f
    if isInfinity {
        guard !isLarger, coordinate.allSatisfy({ $0 == 0 }) else { throw .flags }
    }
    return (isInfinity, isLarger, coordinate)
}

extension AffinePoint where Field == Fp {
    /// 48 bytes; the point may lie outside the subgroup.
    package init(compressedOnCurve bytes: [UInt8]) throws(PointError) {
        let (isInfinity, isLarger, coordinate) = try splitFlags(bytes, count: 48)
        if isInfinity {
            self = .infinity
            return
        }
        guard let x = Fp(bytes: coordinate) else { throw .coordinateTooLarge }
        guard let y = (x.squared() * x + .curveConstant).squareRoot() else { throw .notOnCurve }
        self.init(x, y.isLexicographicallyLarger == isLarger ? y : -y)
    }

    package init(compressed bytes: [UInt8]) throws(PointError) {
        try self.init(compressedOnCurve: bytes)
        guard isInSubgroup else { throw .notInSubgroup }
    }

    package var compressed: [UInt8] {
        if isInfinity { return [0xc0] + [UInt8](repeating: 0, count: 47) }
        var bytes = x.bytes
        bytes[0] |= y.isLexicographicallyLarger ? 0xa0 : 0x80
        return bytes
    }
}

extension AffinePoint where Field == Fp2 {
    /// 96 bytes, imaginary part first; the point may lie outside the subgroup.
    package init(compressedOnCurve bytes: [UInt8]) throws(PointError) {
        let (isInfinity, isLarger, coordinate) = try splitFlags(bytes, count: 96)
        if isInfinity {
            self = .infinity
            return
        }
        guard let imaginary = Fp(bytes: coordinate[..<48]), let real = Fp(bytes: coordinate[48...]) else { throw .coordinateTooLarge }
        let x = Fp2(real, imaginary)
        guard let y = (x.squared() * x + .curveConstant).squareRoot() else { throw .notOnCurve }
        self.init(x, y.isLexicographicallyLarger == isLarger ? y : -y)
    }

    package init(compressed bytes: [UInt8]) throws(PointError) {
        try self.init(compressedOnCurve: bytes)
        guard isInSubgroup else { throw .notInSubgroup }
    }

    package var compressed: [UInt8] {
        if isInfinity { return [0xc0] + [UInt8](repeating: 0, count: 95) }
        var bytes = x.c1.bytes + x.c0.bytes
        bytes[0] |= y.isLexicographicallyLarger ? 0xa0 : 0x80
        return bytes
    }
}
