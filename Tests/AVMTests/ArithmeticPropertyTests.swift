import AVM
import Field
import Protocol
import Testing

/// Two-operand instructions over all pairs of tags against `Oracle`, each by the three ways there are through the
/// interpreter: 8-bit and 16-bit addresses, relative addresses, and addresses beyond the low cells, which has no shortcut.
@Suite struct ArithmeticPropertyTests {
    enum Way: CaseIterable { case narrow, wide, relative, far }

    /// Cells 1 and 2 hold x and y (relative to 40), the result goes to 3 and is returned with its tag shown by a cast to
    /// each width being the same.
    private func program(_ opcode: UInt8, _ way: Way, _ xTag: UInt8, _ x: Limbs4, _ yTag: UInt8, _ y: Limbs4) -> [UInt8] {
        var a = Assembler()
        switch way {
        case .narrow:
            a.set(1, xTag, x)
            a.set(2, yTag, y)
            a.emit(opcode & 0xfe, [(0, 1), (1, 1), (2, 1), (3, 1)])
        case .wide:
            a.set(1001, xTag, x)
            a.set(2002, yTag, y)
            a.wide(opcode | 1, 1001, 2002, 3)
        case .relative:
            a.set(0, T.u32, 40)
            a.set(41, xTag, x)
            a.set(2, yTag, y)
            a.emit(opcode & 0xfe, [(0b100010, 1), (1, 1), (2, 1), (3, 1)])
            a.wide(0x2e, 43, 3)
        case .far:
            a.set(10, T.u32, 0x8000_0001)
            a.set(11, T.u32, 0x1_0000)
            a.set(12, T.u32, 0xffff_ffff)
            a.set(1, xTag, x)
            a.set(2, yTag, y)
            a.emit(0x2d, [(0b0100, 1), (1, 1), (10, 1)])
            a.emit(0x2d, [(0b0100, 1), (2, 1), (11, 1)])
            a.emit(opcode & 0xfe, [(0b010101, 1), (10, 1), (11, 1), (12, 1)])
            a.emit(0x2d, [(0b0001, 1), (12, 1), (3, 1)])
        }
        a.returnCells(3, 1)
        return a.bytes
    }

    private static let edges: [Limbs4] = [
        .zero, Limbs4(1, 0, 0, 0), Limbs4(2, 0, 0, 0), Limbs4(127, 0, 0, 0), Limbs4(255, 0, 0, 0), Limbs4(1 << 32 - 1, 0, 0, 0), Limbs4(.max, 0, 0, 0),
        Limbs4(0, 1, 0, 0), Limbs4(.max, .max, 0, 0), Fr.modulus.subtractingWrapping(Limbs4(1, 0, 0, 0)),
        Limbs4(1 << 63, 0, 0, 0), Limbs4(0, 1 << 63, 0, 0), Limbs4(63, 0, 0, 0), Limbs4(64, 0, 0, 0), Limbs4(128, 0, 0, 0), Limbs4(200, 0, 0, 0),
    ]

    private func random(_ generator: inout SeededGenerator) -> Limbs4 {
        if generator.next() % 2 == 0 { return Self.edges.randomElement(using: &generator)! }
        let value = Limbs4(generator.next(), generator.next(), generator.next(), generator.next() >> 3)
        return value < Fr.modulus ? value : value.subtractingWrapping(Fr.modulus)
    }

    @Test(arguments: [0x00, 0x02, 0x04, 0x06, 0x08, 0x0a, 0x0c, 0x0e, 0x10, 0x12, 0x14, 0x18, 0x1a] as [UInt8])
    func againstTheOracle(opcode: UInt8) {
        var generator = SeededGenerator(0xa11ce + UInt64(opcode))
        let interpreter = Interpreter()
        let host = TestHost()
        for xTag in 0...6 as ClosedRange<UInt8> {
            for yTag in 0...6 as ClosedRange<UInt8> {
                for _ in 0..<(xTag == yTag ? 40 : 6) {
                    let x = random(&generator), y = random(&generator)
                    let expected = Oracle.apply(opcode, Oracle.value(xTag, x), Oracle.value(yTag, y))
                    for way in Way.allCases {
                        let done = run(program(opcode, way, xTag, x, yTag, y), host: host, interpreter: interpreter)
                        switch (done.ending, expected.returned) {
                        case (.returned(let output), let value?): #expect(output == [value], "\(opcode) \(way) \(xTag) \(x) \(yTag) \(y)")
                        case (.halted, nil): break
                        case (.fatal, nil): #expect(opcode == 0x08 && xTag == T.field && yTag == T.field)
                        default: Issue.record("\(opcode) \(way) \(xTag) \(x) \(yTag) \(y): \(done.ending), expected \(expected)")
                        }
                    }
                }
            }
        }
    }

    /// The tag of a result, by comparing it with a cell of each tag: only equal tags compare.
    @Test(arguments: [0x00, 0x02, 0x04, 0x06, 0x0a, 0x0c, 0x0e, 0x10, 0x18, 0x1a] as [UInt8])
    func tagsOfResults(opcode: UInt8) {
        for tag in 0...6 as ClosedRange<UInt8> {
            let second = opcode == 0x18 || opcode == 0x1a ? T.u8 : tag
            let one = Limbs4(1, 0, 0, 0)
            guard Oracle.apply(opcode, Oracle.value(tag, one), Oracle.value(second, one)) != .halt else { continue }
            let expected = [0x0a, 0x0c, 0x0e].contains(opcode) ? T.u1 : tag
            for compared in 0...6 as ClosedRange<UInt8> {
                let done = run { a in
                    a.set(1, tag, one)
                    a.set(2, second, one)
                    a.set(4, compared, 1)
                    a.emit(opcode, [(0, 1), (1, 1), (2, 1), (3, 1)])
                    a.emit(0x0a, [(0, 1), (3, 1), (4, 1), (5, 1)])
                    a.returnCells(50, 0)
                }
                #expect((done.ending == .returned([])) == (compared == expected), "\(opcode) \(tag) \(compared): \(done.ending)")
            }
        }
    }

    @Test func castsBetweenAllTags() {
        var generator = SeededGenerator(0xca57)
        for from in 0...6 as ClosedRange<UInt8> {
            for to in 0...6 as ClosedRange<UInt8> {
                for _ in 0..<30 {
                    let x = random(&generator)
                    let expected = Oracle.cast(Oracle.value(from, x), to: to).returned!
                    for far in [false, true] {
                        let done = run { a in
                            a.set(1, from, x)
                            a.set(10, T.u32, far ? 0x7_0000 : 30)
                            a.emit(0x2d, [(0b0100, 1), (1, 1), (10, 1)])
                            a.emit(0x1c, [(0b0101, 1), (10, 1), (10, 1), (UInt64(to), 1)])
                            a.set(2, T.u32, 1)
                            a.wide(0x3b, modes: 0b0100, 2, 10)
                        }
                        #expect(done.ending == .returned([expected]), "\(from) \(to) \(x)")
                    }
                }
            }
        }
    }

    @Test func complementOfAllTags() {
        var generator = SeededGenerator(0x707)
        for tag in 0...6 as ClosedRange<UInt8> {
            for _ in 0..<20 {
                let x = random(&generator)
                let done = run { a in
                    a.set(1, tag, x)
                    a.emit(0x16, [(0, 1), (1, 1), (2, 1)])
                    a.returnCells(2, 1)
                }
                if tag == T.field {
                    #expect(done.ending == .halted("Tag mismatch, got FIELD, expected integral"))
                } else if case .integer(let value, let bits) = Oracle.value(tag, x) {
                    let mask: UInt128 = bits == 128 ? .max : 1 << UInt128(bits) - 1
                    #expect(done.ending == .returned([Oracle.Value.integer(~value & mask, bits: bits).returned!]))
                }
            }
        }
    }

    @Test func digitsAgainstDivision() {
        var generator = SeededGenerator(0xd161)
        for _ in 0..<400 {
            let radix = UInt64.random(in: 2...256, using: &generator)
            let count = UInt64.random(in: 0...80, using: &generator)
            let value = random(&generator)
            let asBits: UInt64 = radix == 2 && Bool.random(using: &generator) ? 1 : 0
            var rest = Fr(value)!
            var digits: [Fr] = []
            for _ in 0..<count {
                // The remainder of an integer by a small one, from its decimal digits.
                let remainder = rest.integer.decimal.utf8.reduce(0) { ($0 * 10 + UInt64($1 - 48)) % radix }
                digits.append(Fr(remainder))
                rest = (rest - Fr(remainder)) * Fr(radix).inverse()!
            }
            let done = run { a in
                a.set(1, T.field, value)
                a.set(2, T.u32, radix)
                a.set(3, T.u32, count)
                a.set(4, T.u1, asBits)
                a.set(5, T.u32, 65530)
                a.widest(0x43, modes: 1 << 8, 1, 2, 3, 4, 5)
                a.set(6, T.u32, count)
                a.wide(0x3b, modes: 0b0100, 6, 5)
            }
            if count == 0, !value.isZero {
                #expect(done.ending.message?.hasPrefix("ToRadixBE instruction's input value is not zero (was \(value.decimal))") == true)
            } else {
                #expect(done.ending == .returned(digits.reversed()))
            }
        }
    }
}
