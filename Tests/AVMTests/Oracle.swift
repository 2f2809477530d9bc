import Field

/// What the two-operand instructions mean, written for clarity alone: integers as `UInt128`, field elements as `Fr`.
enum Oracle {
    enum Value: Equatable {
        case field(Fr)
        case integer(UInt128, bits: Int)
        case halt

        /// As RETURN shows it.
        var returned: Fr? {
            switch self {
            case .field(let value): value
            case .integer(let value, _): Fr(Limbs4(UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64), 0, 0))
            case .halt: nil
            }
        }
    }

    static func value(_ tag: UInt8, _ raw: Limbs4) -> Value {
        if tag == T.field { return .field(Fr(raw)!) }
        let wide = UInt128(raw.l1) << 64 | UInt128(raw.l0)
        return wrapped(wide, T.bits[Int(tag)])
    }

    private static func wrapped(_ value: UInt128, _ bits: Int) -> Value {
        .integer(bits == 128 ? value : value & (1 << UInt128(bits) - 1), bits: bits)
    }

    private static func bit(_ value: Bool) -> Value { .integer(value ? 1 : 0, bits: 1) }

    static func apply(_ opcode: UInt8, _ x: Value, _ y: Value) -> Value {
        switch (x, y) {
        case (.field(let a), .field(let b)):
            switch opcode & 0xfe {
            case 0x00: return .field(a + b)
            case 0x02: return .field(a - b)
            case 0x04: return .field(a * b)
            case 0x08: return b.isZero ? .halt : .field(a * b.inverse()!)
            case 0x0a: return bit(a == b)
            case 0x0c: return bit(a < b)
            case 0x0e: return bit(!(b < a))
            default: return .halt
            }
        case (.integer(let a, let bits), .integer(let b, let otherBits)):
            if opcode & 0xfe == 0x18 || opcode & 0xfe == 0x1a {
                guard otherBits == 8 else { return .halt }
                if b >= UInt128(bits) { return .integer(0, bits: bits) }
                return wrapped(opcode & 0xfe == 0x18 ? a << b : a >> b, bits)
            }
            guard bits == otherBits else { return .halt }
            switch opcode & 0xfe {
            case 0x00: return wrapped(a &+ b, bits)
            case 0x02: return wrapped(a &- b, bits)
            case 0x04: return wrapped(a &* b, bits)
            case 0x06: return b == 0 ? .halt : .integer(a / b, bits: bits)
            case 0x0a: return bit(a == b)
            case 0x0c: return bit(a < b)
            case 0x0e: return bit(a <= b)
            case 0x10: return .integer(a & b, bits: bits)
            case 0x12: return .integer(a | b, bits: bits)
            case 0x14: return .integer(a ^ b, bits: bits)
            default: return .halt
            }
        default: return .halt
        }
    }

    static func cast(_ x: Value, to tag: UInt8) -> Value {
        let integer: Limbs4 = switch x {
        case .field(let value): value.integer
        case .integer(let value, _): Limbs4(UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64), 0, 0)
        case .halt: .zero
        }
        return value(tag, integer)
    }
}

/// xorshift64*, so that a failure can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed == 0 ? 1 : seed }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }
}
