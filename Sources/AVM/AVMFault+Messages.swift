internal import Field

/// What the reference says where it drops the transaction.
extension AVMFault {
    /// It must serialise a negative field element («note 03 §7.3»).
    static func negativeField(_ cell: Cell) -> AVMFault {
        .fatal("Cannot convert negative bigint -\(cell.value.decimal) to buffer with toBufferBE.")
    }

    static func beyondField(_ integer: Limbs4) -> AVMFault {
        .fatal("Value 0x\(integer.shortHex) is greater or equal to field modulus.")
    }

    static func beyondSafeIntegers(_ integer: Limbs4) -> AVMFault {
        .fatal("Value \(integer.shortHex) greater than than max safe integer")
    }

    static func beyond64Bits(_ integer: Limbs4) -> AVMFault {
        .fatal(
            "\(integer.decimal) was too large to fit in MessagePack 64-bit integer format, use useBigIntExtension, or set "
                + "largeBigIntToFloat to convert to float-64, or set largeBigIntToString to convert to string")
    }

    static func beyondSelectors(_ integer: Limbs4) -> AVMFault {
        // As a number of JavaScript is written: digits up to 10^21, then with an exponent.
        let digits = integer.decimal
        let number = digits.utf8.count <= 15 ? digits : Double(digits).map { $0 < 1e21 ? "\(UInt128($0))" : "\($0)" } ?? digits
        return .fatal("Selector must fit in 4 bytes (got value \(number)).")
    }

    static func logTooLarge(_ size: UInt64) -> AVMFault { .fatal("Emitted public log is too large, max: 13, passed: \(size)") }

    static let beyondMemory = AVMFault.fatal(
        "The expression evaluated to a falsy value:\n\n  assert(Number.isInteger(offset) && offset < TaggedMemory.MAX_MEMORY_SIZE)\n")
}

extension Limbs4 {
    /// Without leading zeros.
    fileprivate var shortHex: String {
        let words = [l3, l2, l1, l0].drop { $0 == 0 }
        guard let first = words.first else { return "0" }
        return words.dropFirst().reduce(String(first, radix: 16)) { text, word in
            let digits = String(word, radix: 16)
            return text + String(repeating: "0", count: 16 - digits.count) + digits
        }
    }
}
