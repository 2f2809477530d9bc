import AVM
import Bytes
import Field
import Protocol
import Testing

/// The vectors of «note 03 §18» that concern one call.
@Suite struct NoteVectorTests {
    @Test func additionProgram() throws {
        let program = try #require(Hex.decode("27000004002700010402" + "1f00000100000000" + "0000000102" + "2700000401" + "3b0000000002"))
        #expect(program.count == 34)
        let done = run(program, calldata: [1, 2], gas: Gas(daGas: 7, l2Gas: 1000))
        #expect(done.ending == .returned([3]))
        #expect(done.outcome?.gasLeft == Gas(daGas: 7, l2Gas: 1000 - 102))
        #expect(done.outcome?.instructions == 6)
        let exact = run(program, calldata: [1, 2], gas: Gas(daGas: 0, l2Gas: 102))
        #expect(exact.ending == .returned([3]))
        #expect(exact.outcome?.gasLeft == .zero)
        let short = run(program, calldata: [1, 2], gas: Gas(daGas: 9, l2Gas: 5))
        #expect(short.ending == .halted("Not enough L2GAS gas left"))
        #expect(short.outcome?.gasLeft == .zero)
    }

    @Test func divisionOfEmptyMemory() {
        let done = run([0x06, 0, 0, 0, 0])
        #expect(done.ending == .halted("Tag mismatch, got FIELD, expected integral"))
        #expect(done.outcome?.gasLeft == .zero)
    }

    @Test func callOfNobody() {
        let done = run { a in
            a.set(1, T.field, 2_000_000)
            a.set(2, T.field, 3_000_00)
            a.set(3, T.field, 0x99)
            a.set(4, T.u32, 0)
            a.widest(0x39, 1, 2, 3, 4, 0)
            a.wide(0x20, 10)
            a.wide(0x21, 11)
            a.returnCells(10, 2)
        }
        #expect(done.ending == .returned([0, 0]))
        let spent: UInt32 = 36 + 2925 + 2_000_000 + 9 + 9 + 15 + 6
        #expect(done.outcome?.gasLeft == Gas(daGas: 700_000, l2Gas: 6_000_000 - spent))
    }

    @Test func addressingModes() {
        // Indirect, direct, indirect, direct: the third operand goes through cell 2 to 50.
        let done = run { a in
            a.set(10, T.u32, 100)
            a.set(100, T.u8, 7)
            a.set(20, T.u8, 8)
            a.set(2, T.u32, 50)
            a.emit(0x00, [(0b010001, 1), (10, 1), (20, 1), (2, 1)])
            a.returnCells(50, 1)
        }
        #expect(done.ending == .returned([15]))
        // mem[0] = 30, mem[32] = 5: operand 2 indirect and relative is 5.
        let relative = run { a in
            a.set(0, T.u32, 30)
            a.set(32, T.u32, 5)
            a.set(5, T.u16, 1234)
            a.emit(0x2d, [(0b0011, 1), (2, 1), (60, 1)])
            a.returnCells(60, 1)
        }
        #expect(relative.ending == .returned([1234]))
    }

    @Test func serialisationsAndTheirFaults() {
        #expect(run([0x1c, 0x01, 0x10, 0x32, 0x12]).ending == .halted("Tag value 18 is invalid."))
        #expect(run([0x28, 0x02, 0x34, 0x56, 0x09]).ending.isParseFault)
        // 16-bit forms, as the note writes them; each fails for its addresses only, after it was decoded.
        for hex in ["01011234 23453456", "1d01123434 5600", "2901345604 12345678", "2a013456 051234567812345678", "3301123402344567"] {
            let code = Hex.decode(hex.filter { $0 != " " })!
            #expect(run(code).ending.message?.hasPrefix("Tag mismatch at offset") == true, "\(hex)")
            #expect(run(Array(code.dropLast())).ending.isParseFault, "\(hex)")
        }
    }

    @Test func wrapAround() {
        func check(_ opcode: UInt8, _ tag: UInt8, _ x: Limbs4, _ y: Limbs4, _ expected: Fr) {
            let done = run { a in
                a.set(1, tag, x)
                a.set(2, tag, y)
                a.emit(opcode, [(0, 1), (1, 1), (2, 1), (3, 1)])
                a.returnCells(3, 1)
            }
            #expect(done.ending == .returned([expected]))
        }
        func small(_ value: UInt64) -> Limbs4 { Limbs4(value, 0, 0, 0) }
        let half = Fr(2).inverse()!  // (p + 1) / 2
        check(0x00, T.u8, small(129), small(129), 2)
        check(0x00, T.field, half.integer, half.integer, 1)
        check(0x02, T.u8, small(128), small(130), 254)
        check(0x02, T.field, half.integer, (half + 2).integer, -Fr(2))
        check(0x04, T.u8, small(128), small(2), 0)
        check(0x04, T.field, (half + 2).integer, small(2), 5)
        check(0x06, T.u8, small(200), small(99), 2)
        check(0x08, T.field, small(10), small(5), 2)
        let a = 0b1111_1110_0100_1110_0100 as UInt64, b = 0b1110_0100_1110_0100_1111 as UInt64
        check(0x10, T.u32, small(a), small(b), Fr(0b1110_0100_0100_0100_0100 as UInt64))
        check(0x12, T.u32, small(a), small(b), Fr(0b1111_1110_1110_1110_1111 as UInt64))
        check(0x14, T.u32, small(a), small(b), Fr(0b0001_1010_1010_1010_1011 as UInt64))
    }

    @Test func shiftsAndComplement() {
        func shift(_ opcode: UInt8, _ tag: UInt8, _ x: UInt64, _ by: UInt64, byTag: UInt8 = T.u8) -> Ending {
            run { a in
                a.set(1, tag, x)
                a.set(2, byTag, by)
                a.emit(opcode, [(0, 1), (1, 1), (2, 1), (3, 1)])
                a.returnCells(3, 1)
            }.ending
        }
        let a = 0b1111_1110_0100_1110_0100 as UInt64
        #expect(shift(0x1a, T.u32, a, 2) == .returned([Fr(0b0011_1111_1001_0011_1001 as UInt64)]))
        #expect(shift(0x1a, T.u32, a, 19) == .returned([1]))
        #expect(shift(0x18, T.u32, a, 2) == .returned([Fr(0b11_1111_1001_0011_1001_0000 as UInt64)]))
        #expect(shift(0x18, T.u16, 0b1110_0100_1110_0111, 17) == .returned([0]))
        #expect(shift(0x18, T.u16, 0b1110_0100_1110_0111, 2) == .returned([Fr(0b1001_0011_1001_1100 as UInt64)]))
        #expect(shift(0x18, T.u16, 1, 2, byTag: T.u32) == .halted("Tag mismatch at offset 2, got UINT32, expected UINT8"))
        let not = run { a in
            a.set(1, T.u16, 0b0110_0100_1110_0100)
            a.emit(0x16, [(0, 1), (1, 1), (2, 1)])
            a.returnCells(2, 1)
        }
        #expect(not.ending == .returned([Fr(0b1001_1011_0001_1011 as UInt64)]))
    }

    @Test func casts() {
        func cast(_ from: UInt8, _ value: Limbs4, _ to: UInt8) -> Ending {
            run { a in
                a.set(1, from, value)
                a.emit(0x1c, [(0, 1), (1, 1), (2, 1), (UInt64(to), 1)])
                a.returnCells(2, 1)
            }.ending
        }
        #expect(cast(T.u16, Limbs4(65000, 0, 0, 0), T.u8) == .returned([232]))
        #expect(cast(T.field, Limbs4(.max, .max, .max, 0xff), T.u64) == .returned([Fr(UInt64.max)]))
        let set = run { a in
            a.set(1, T.u16, 0x12345678)
            a.returnCells(1, 1)
        }
        #expect(set.ending == .returned([0x5678]))
    }

    @Test func digits() {
        for bits in [0, 1] as [UInt64] {
            let done = run { a in
                a.set(1, T.field, 0b1011101010100)
                a.set(2, T.u32, 2)
                a.set(3, T.u32, 10)
                a.set(4, T.u1, bits)
                a.widest(0x43, 1, 2, 3, 4, 20)
                a.returnCells(20, 10)
            }
            #expect(done.ending == .returned([1, 1, 0, 1, 0, 1, 0, 1, 0, 0]))
        }
    }

    @Test func permutation() {
        let done = run { a in
            for i in 0..<4 { a.set(UInt16(i), T.field, UInt64(i + 1)) }
            a.wide(0x3f, 0, 2)
            a.returnCells(2, 4)
        }
        #expect(done.ending == .returned([
            "0x224785a48a72c75e2cbb698143e71d5d41bd89a2b9a7185871e39a54ce5785b1", "0x225bb800db22c4f4b09ace45cb484d42b0dd7dfe8708ee26aacde6f2c1fb2cb8",
            "0x1180f4260e60b4264c987b503075ea8374b53ed06c5145f8c21c2aadb5087d21", "0x16c877b5b9c04d873218804ccbf65d0eeb12db447f66c9ca26fec380055df7e9",
        ].map { Fr(hex: $0)! }))
    }

    @Test func generatorMultiples() {
        let done = run { a in
            a.setGenerator(1)
            a.widest(0x42, 1, 2, 3, 1, 2, 3, 11)
            a.widest(0x42, 11, 12, 13, 1, 2, 3, 21)
            a.wide(0x2e, 21, 14)
            a.wide(0x2e, 22, 15)
            a.wide(0x2e, 23, 16)
            a.returnCells(11, 6)
        }
        #expect(done.ending == .returned([
            Fr(hex: "0x06ce1b0827aafa85ddeb49cdaa36306d19a74caa311e13d46d8bc688cdbffffe")!,
            Fr(hex: "0x1c122f81a3a14964909ede0ba2a6855fc93faf6fa1a788bf467be7e7a43f80ac")!, 0,
            Fr(hex: "0x2941b0928df1b9480273773b36397da3e495430a2a7a3857661bc7a446c94f4d")!,
            Fr(hex: "0x13ae7e938c892308bef0f45ee7386daa2d3b447349a7d0a11b5aa4cfbe69072c")!, 0,
        ]))
    }
}

extension Ending {
    var message: String? { if case .halted(let message) = self { message } else { nil } }
    var isParseFault: Bool { message?.hasPrefix("RangeError [ERR_OUT_OF_RANGE]") == true }
}

extension Assembler {
    /// Grumpkin's generator and its flag, in three cells.
    mutating func setGenerator(_ address: UInt16) {
        set(address, T.field, 1)
        set(address + 1, T.field, Limbs4(0x833f_c48d_823f_272c, 0x2d27_0d45_f118_1294, 0xcf13_5e75_06a4_5d63, 2))
        set(address + 2, T.u1, 0)
    }
}
