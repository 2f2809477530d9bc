internal import Field

/// TORADIXBE.
extension Machine {
    mutating func toRadix(_ i: Instruction) throws(AVMFault) {
        var modes = AddressModes(i)
        let (source, radixAddress, countAddress) = try resolve(i.a, i.b, i.c, &modes)
        let (bitsAddress, destination) = try resolve(i.d, i.e, &modes)
        let value = try cell(source, .field)
        let radix = try cell(radixAddress, .u32).u32
        let count = try cell(countAddress, .u32).u32
        let asBits = !(try cell(bitsAddress, .u1)).isZero
        try charge(Price.of(.toRadix), words: UInt64(count))
        guard 2...256 ~= radix else {
            throw .halt(HaltReason("ToRadixBE instruction's radix should be in range [2,256] (was \(radix))."))
        }
        if count == 0, !value.isZero {
            let shown = value.tag == .field ? value.integer.decimal : "negative"
            throw .halt(HaltReason("ToRadixBE instruction's input value is not zero (was \(shown)) but numLimbs zero."))
        }
        if asBits, radix != 2 { throw .halt(HaltReason("Radix \(radix) is not equal to 2 and bit mode is activated.")) }
        try Memory.requireSlice(destination, UInt64(count))
        var digits = RadixDigits(try field(value).integer, radix: radix)
        let tag: Tag = asBits ? .u1 : .u8
        // Lowest digit last.
        for offset in stride(from: Int(count) - 1, through: 0, by: -1) {
            if offset != 0, offset & (Self.pollCells - 1) == 0 { try poll() }
            try frame.memory.set(destination + UInt32(offset), Cell(value: Limbs4(digits.next(), 0, 0, 0), tag: tag))
        }
    }
}

/// The digits of an integer, lowest first, zeros without end.
struct RadixDigits {
    private var rest: Limbs4
    private let radix: UInt64
    /// The largest power of the radix in 32 bits, and its exponent: the integer is divided by it, the small rest by the radix.
    private let step: UInt64
    private let stepDigits: Int
    private var piece: UInt64 = 0
    private var left = 0

    /// Precondition: radix 2…256.
    init(_ value: Limbs4, radix: UInt32) {
        rest = value
        self.radix = UInt64(radix)
        var power = UInt64(radix)
        var digits = 1
        while power * UInt64(radix) <= 1 << 32 {
            power *= UInt64(radix)
            digits += 1
        }
        step = power
        stepDigits = digits
    }

    mutating func next() -> UInt64 {
        if left == 0 {
            if rest.isZero { return 0 }
            piece = divideRest()
            left = stepDigits
        }
        left -= 1
        let (quotient, digit) = piece.quotientAndRemainder(dividingBy: radix)
        piece = quotient
        return digit
    }

    /// Divides `rest` by the step and returns what remains.
    private mutating func divideRest() -> UInt64 {
        var remainder: UInt64 = 0
        func divide(_ limb: UInt64) -> UInt64 {
            let (quotient, left) = step.dividingFullWidth((remainder, limb))
            remainder = left
            return quotient
        }
        let l3 = divide(rest.l3)
        let l2 = divide(rest.l2)
        let l1 = divide(rest.l1)
        rest = Limbs4(divide(rest.l0), l1, l2, l3)
        return remainder
    }
}
