import AVM
import Field
import Protocol
import Testing

/// Sizes and prices of all opcodes, written out once more («note 03 §1»), against what the interpreter does.
@Suite struct OpcodeTableTests {
    /// By opcode byte: size, L2 and DA gas with all sizes zero.
    private static let prices: [(l2: UInt32, da: UInt32)] = {
        var prices = [(UInt32, UInt32)](repeating: (27, 0), count: 0x44)
        for opcode in 0x0c...0x0f { prices[opcode] = (30, 0) }
        for opcode in 0x10...0x15 { prices[opcode] = (51, 0) }
        for opcode in [0x16, 0x17, 0x1c, 0x1d, 0x2d, 0x2e] { prices[opcode] = (18, 0) }
        for opcode in [0x1e, 0x21, 0x24] + Array(0x27...0x2c) { prices[opcode] = (9, 0) }
        for opcode in [0x23, 0x25, 0x26] { prices[opcode] = (3, 0) }
        let others: [Int: (UInt32, UInt32)] = [
            0x1f: (24, 0), 0x20: (0, 0), 0x22: (24, 0), 0x2f: (1458, 0), 0x30: (6802, 512), 0x31: (1467, 0), 0x32: (3913, 512),
            0x33: (1467, 0), 0x34: (5353, 512), 0x35: (1431, 0), 0x36: (1467, 0), 0x37: (15, 0), 0x38: (218, 512), 0x39: (2925, 0),
            0x3a: (2925, 0), 0x3b: (15, 0), 0x3c: (15, 0), 0x3d: (15, 0), 0x3e: (21, 0), 0x3f: (36, 0), 0x40: (114, 0), 0x41: (162, 0),
            0x42: (69, 0), 0x43: (24, 0),
        ]
        for (opcode, price) in others { prices[opcode] = price }
        return prices
    }()

    /// The instruction with zeros for operands but for the addresses of cells that suit it, after what prepares the cells.
    private static func program(_ opcode: UInt8) -> (setup: [UInt8], instruction: [UInt8], isTransfer: Bool)? {
        var setup = Assembler(), a = Assembler()
        // Cells 1…: FIELD 0, 40…: U32 0, 80…: U8 1, 120…: U1 1, 160…: U64 0.
        for (index, tag) in [T.u32, T.u8, T.u1].enumerated() { setup.set(UInt16(40 * index + 40), tag, index == 0 ? 0 : 1) }
        setup.set(121, T.u1, 1)
        switch opcode {
        case 0x00, 0x02, 0x04, 0x0a, 0x0c, 0x0e: a.emit(opcode, [(0, 1), (1, 1), (2, 1), (3, 1)])
        case 0x01, 0x03, 0x05, 0x0b, 0x0d, 0x0f: a.wide(opcode, 1, 2, 3)
        case 0x06, 0x10, 0x12, 0x14, 0x18, 0x1a: a.emit(opcode, [(0, 1), (80, 1), (80, 1), (3, 1)])
        case 0x07, 0x11, 0x13, 0x15, 0x19, 0x1b: a.wide(opcode, 80, 80, 3)
        case 0x08, 0x09:
            setup.set(1, T.field, 1)
            if opcode == 8 { a.emit(opcode, [(0, 1), (1, 1), (1, 1), (3, 1)]) } else { a.wide(opcode, 1, 1, 3) }
        case 0x16: a.emit(opcode, [(0, 1), (80, 1), (3, 1)])
        case 0x17: a.wide(opcode, 80, 3)
        case 0x1c: a.emit(opcode, [(0, 1), (1, 1), (2, 1), (2, 1)])
        case 0x1d: a.emit(opcode, [(0, 1), (1, 2), (2, 2), (2, 1)])
        case 0x1e: a.emit(opcode, [(0, 1), (1, 2), (0, 1)])
        case 0x1f, 0x22: a.wide(opcode, 40, 40, 1)
        case 0x20, 0x21, 0x32, 0x34: a.wide(opcode, 1)
        case 0x23, 0x25: a.jump(0)
        case 0x24: a.jumpIf(1, 0)
        case 0x26: a.internalReturn()
        case 0x27: a.emit(opcode, [(0, 1), (1, 1), (0, 1), (1, 1)])
        case 0x28...0x2c: a.emit(opcode, [(0, 1), (1, 2), (0, 1), (0, [2, 4, 8, 16, 32][Int(opcode) - 0x28])])
        case 0x2d: a.emit(opcode, [(0, 1), (1, 1), (2, 1)])
        case 0x2e, 0x2f, 0x30, 0x38, 0x3f: a.wide(opcode, 1, 2)
        case 0x31, 0x33, 0x35: a.wide(opcode, 1, 2, 3)
        case 0x36: a.emit(opcode, [(0, 1), (1, 2), (2, 2), (0, 1)])
        case 0x37: a.wide(opcode, 1, 40)
        case 0x39, 0x3a: a.widest(opcode, 1, 1, 1, 40, 1)
        case 0x3b, 0x3d: a.wide(opcode, 40, 1)
        case 0x3c: a.emit(opcode, [(0, 1), (40, 1), (1, 1)])
        case 0x3e: a.wide(opcode, 1, 1, 40, 7)
        case 0x40:
            for cell in 0..<24 as Range<UInt16> { setup.set(200 + cell, T.u32, 0) }
            a.wide(opcode, 300, 200, 208)
        case 0x41:
            for cell in 0..<25 as Range<UInt16> { setup.set(200 + cell, T.u64, 0) }
            a.wide(opcode, 300, 200)
        case 0x42: a.widest(opcode, 1, 1, 120, 1, 1, 121, 300)
        case 0x43:
            setup.set(41, T.u32, 2)
            setup.set(122, T.u1, 0)
            a.widest(opcode, 1, 41, 40, 122, 300)
        default: return nil
        }
        var bytes = a.bytes
        bytes[0] = opcode
        return (setup.bytes, bytes, [0x23, 0x25, 0x26, 0x3b, 0x3c, 0x3d].contains(opcode))
    }

    private static func gas(_ l2: UInt32, _ da: UInt32) -> Gas { Gas(daGas: da, l2Gas: l2) }

    @Test(arguments: 0x00...0x43 as ClosedRange<UInt8>)
    func sizeAndPrice(opcode: UInt8) throws {
        let (setup, instruction, isTransfer) = try #require(Self.program(opcode))
        #expect(instruction.count == FuzzTests.sizes[Int(opcode)])
        let price = Self.prices[Int(opcode)]
        let before = run(setup + [0x3b, 0, 0, 40, 0, 1])
        let setupGas = 6_000_000 - (try #require(before.outcome)).gasLeft.l2Gas - 15
        if isTransfer {
            // The end of the frame or a jump: with its price it does something else than run out of gas.
            let code = setup + instruction
            let enough = run(code, gas: Self.gas(setupGas + price.l2, price.da)).ending
            let short = run(code, gas: Self.gas(setupGas + price.l2 - 1, price.da)).ending
            #expect(short == .halted("Not enough L2GAS gas left"))
            #expect(enough != short || opcode == 0x23 || opcode == 0x25)
        } else {
            let code = setup + instruction + [0x3b, 0, 0, 40, 0, 1]
            let left = try #require(run(code, gas: Self.gas(1_000_000, 10_000)).outcome)
            #expect(!left.reverted, "\(opcode): \(left.revert?.message ?? "")")
            #expect(left.gasLeft == Self.gas(1_000_000 - setupGas - price.l2 - 15, 10_000 - price.da))
            if price.da > 0 {
                #expect(run(code, gas: Self.gas(1_000_000, price.da - 1)).ending == .halted("Not enough DAGAS gas left"))
            }
        }
        // Cut anywhere, it does not decode.
        for length in 1..<max(2, instruction.count) where instruction.count > 1 {
            #expect(run(setup + instruction[..<length]).ending.isParseFault)
        }
    }

    @Test func perWordPrices() {
        func left(_ build: @escaping (inout Assembler) -> Void) -> Gas {
            run(gas: Self.gas(1_000_000, 10_000)) { a in
                a.set(40, T.u32, 3)
                a.set(41, T.u32, 0)
                a.set(42, T.u1, 0)
                a.set(43, T.u32, 2)
                build(&a)
                a.wide(0x3b, 41, 1)
            }.outcome!.gasLeft
        }
        let base = UInt32(1_000_000 - 4 * 9 - 15)
        #expect(left { $0.wide(0x1f, 40, 41, 1) } == Self.gas(base - 24 - 9, 10_000))
        #expect(left { $0.wide(0x22, 40, 41, 1) } == Self.gas(base - 24 - 9, 10_000))
        #expect(left { $0.wide(0x37, 1, 40) } == Self.gas(base - 15 - 3 * 131, 10_000 - 3 * 512))
        #expect(left { $0.widest(0x39, 1, 1, 1, 40, 1) } == Self.gas(base - 2925 - 12, 10_000))
        #expect(left { $0.widest(0x43, 1, 43, 40, 42, 50) } == Self.gas(base - 24 - 9, 10_000))
        let output = run(gas: Self.gas(100, 0)) { a in
            a.set(40, T.u32, 3)
            a.wide(0x3d, 40, 1)
        }
        #expect(output.outcome?.gasLeft == Self.gas(100 - 9 - 15 - 9, 0))
    }
}
