import AVM
import Field
import Protocol
import Testing

/// Which check wins where a halt and a fatal condition meet («note 03 §7.2», §7.3).
@Suite struct FaultOrderTests {
    private static let modulus = Fr.modulus
    private static let high: Limbs4 = Limbs4(0, 1, 0, 0)  // 2^64

    @Test func fieldDivisionByZero() {
        func divide(_ x: UInt8, _ y: UInt8, gas: UInt32 = 1000) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                a.set(1, x, 5)
                a.set(2, y, 0)
                a.emit(0x08, [(0, 1), (1, 1), (2, 1), (3, 1)])
            }.ending
        }
        #expect(divide(T.field, T.field) == .fatal)
        #expect(divide(T.field, T.u8) == .halted("Tag mismatch at offset 2, got UINT8, expected FIELD"))
        #expect(divide(T.u8, T.u8) == .halted("Tag mismatch at offset 1, got UINT8, expected FIELD"))
        #expect(divide(T.field, T.field, gas: 18 + 26) == .halted("Not enough L2GAS gas left"))
        #expect(divide(T.field, T.field, gas: 18 + 27) == .fatal)
    }

    @Test func pointOffTheCurve() {
        func add(gas: UInt32 = 1000, destination: UInt16 = 20, _ change: (inout Assembler) -> Void) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                a.setGenerator(1)
                a.setGenerator(4)
                change(&a)
                a.widest(0x42, 1, 2, 3, 4, 5, 6, destination)
                a.returnCells(destination, 3)
            }.ending
        }
        #expect(add { $0.set(4, T.field, 2) } == .fatal)
        #expect(add { $0.set(1, T.field, 2) } == .fatal)
        // The point at zero without the flag is off the curve; with it, anything is on it.
        #expect(add { a in a.set(1, T.field, 0); a.set(2, T.field, 0) } == .fatal)
        #expect(add { a in a.set(1, T.field, 77); a.set(3, T.u1, 1); a.set(6, T.u1, 1); a.set(4, T.field, 0); a.set(5, T.field, 0) } == .returned([0, 0, 1]))
        #expect(add { a in a.set(1, T.field, 77); a.set(3, T.u1, 1); a.set(6, T.u1, 1); a.set(4, T.field, 8); a.set(5, T.field, 9) } == .returned([8, 9, 0]))
        #expect(add { a in a.set(3, T.u1, 1); a.set(4, T.field, 2) } == .fatal)
        // Checks that win.
        #expect(add { a in a.set(1, T.field, 2); a.set(6, T.u8, 0) }.message?.hasPrefix("Tag mismatch at offset 6") == true)
        #expect(add(gas: 54 + 9 + 68) { $0.set(1, T.field, 2) } == .halted("Not enough L2GAS gas left"))
    }

    @Test func oppositePoints() {
        func add(_ destination: UInt64) -> Ending {
            run { a in
                a.setGenerator(1)
                a.setGenerator(4)
                a.set(7, T.field, 0)
                a.emit(0x02, [(0, 1), (7, 1), (5, 1), (5, 1)])
                a.set(8, T.u32, destination)
                a.widest(0x42, modes: 1 << 12, 1, 2, 3, 4, 5, 6, 8)
            }.ending
        }
        #expect(add(20) == .fatal)
        #expect(add(0xffff_ffff) == .halted("Memory slice is out of range. Base address 4294967295, size 2"))
        // Two cells fit: the value is written first, and that is fatal.
        #expect(add(0xffff_fffe) == .fatal)
    }

    @Test func immediateBeyondTheField() {
        func set(_ tag: UInt8, _ value: Limbs4, gas: UInt32 = 1000) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                a.set(1, tag, value)
                a.returnCells(1, 1)
            }.ending
        }
        #expect(set(T.field, Self.modulus) == .fatal)
        #expect(set(T.field, Self.modulus, gas: 0) == .fatal)
        #expect(set(T.u8, Limbs4(0x1ff, .max, .max, .max)) == .returned([0xff]))
        #expect(set(T.field, Self.modulus.subtractingWrapping(Limbs4(1, 0, 0, 0))) == .returned([-Fr(1)]))
        #expect(set(7, Self.modulus) == .halted("Tag value 7 is invalid."))
        #expect(set(T.u8, Self.modulus, gas: 8) == .halted("Not enough L2GAS gas left"))
    }

    @Test func logs() {
        func log(_ size: UInt64, at address: UInt64 = 100, isStatic: Bool = false, gas: Gas = Gas(daGas: 1_000_000, l2Gas: 6_000_000), logs: Int = 0, _ change: (inout Assembler) -> Void = { _ in }) -> Ending {
            let host = TestHost()
            host.state.logs = [[Fr]](repeating: [], count: logs)
            return run(gas: gas, isStatic: isStatic, host: host) { a in
                a.set(1, T.u32, size)
                a.set(2, T.u32, address)
                change(&a)
                a.wide(0x37, modes: 1, 2, 1)
                a.returnCells(50, 0)
            }.ending
        }
        #expect(log(13) == .returned([]))
        #expect(log(14) == .fatal)
        #expect(log(14, logs: 8).message?.hasPrefix("Reached the limit (8)") == true)
        #expect(log(14, isStatic: true).message?.hasPrefix("Static call cannot") == true)
        #expect(log(14) { $0.set(113, T.u8, 0) } == .halted("Tag mismatch at offset 113, got UINT8, expected FIELD"))
        #expect(log(14) { $0.set(1, T.u16, 14) } == .halted("Tag mismatch at offset 1, got UINT16, expected UINT32"))
        #expect(log(14, gas: Gas(daGas: 14 * 512 - 1, l2Gas: 6_000_000)) == .halted("Not enough DAGAS gas left"))
        #expect(log(14, gas: Gas(daGas: 14 * 512, l2Gas: 18 + 15 + 14 * 131)) == .fatal)
        #expect(log(14, gas: Gas(daGas: 14 * 512, l2Gas: 18 + 15 + 14 * 131 - 1)) == .halted("Not enough L2GAS gas left"))
        #expect(log(0xffff_0000).message?.hasPrefix("Not enough") == true)
        // Beyond the end of memory: fatal before gas, unless a cell before the end has another tag.
        #expect(log(0xffff_ffff) == .fatal)
        #expect(log(0xffff_ffff, gas: Gas(daGas: 0, l2Gas: 18)) == .fatal)
        #expect(log(0xffff_ffff) { $0.set(101, T.u64, 0) } == .halted("Tag mismatch at offset 101, got UINT64, expected FIELD"))
        #expect(log(2, at: 0xffff_ffff) == .fatal)
        #expect(log(2, at: 0xffff_ffff) { a in a.set(3, T.u8, 1); a.wide(0x2e, modes: 0b0100, 3, 2) } == .halted("Tag mismatch at offset 4294967295, got UINT8, expected FIELD"))
        #expect(log(1, at: 0xffff_ffff) == .returned([]))
    }

    @Test func instanceAtTheEndOfMemory() {
        func get(_ destination: UInt64, tag: UInt8 = T.field, member: UInt64 = 0, gas: UInt32 = 100_000) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                a.set(1, tag, 5)
                a.set(2, T.u32, destination)
                a.emit(0x36, [(0b0100, 1), (1, 2), (2, 2), (member, 1)])
                a.returnCells(50, 0)
            }.ending
        }
        #expect(get(0xffff_ffff) == .fatal)
        #expect(get(0xffff_fffe) == .returned([]))
        #expect(get(0xffff_ffff, tag: T.u8).message?.hasPrefix("Tag mismatch") == true)
        #expect(get(0xffff_ffff, member: 3).message?.hasPrefix("Invalid GETCONSTRACTINSTANCE member enum 3") == true)
        #expect(get(0xffff_ffff, gas: 18 + 1466).message?.hasPrefix("Not enough") == true)
    }

    @Test(arguments: [0x31, 0x35] as [UInt8])
    func leafIndexBeyond64Bits(opcode: UInt8) {
        func ask(_ index: Limbs4, tag: UInt8 = T.field, gas: UInt32 = 100_000) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                a.set(1, T.field, 5)
                a.set(2, tag, index)
                a.wide(opcode, 1, 2, 3)
                a.returnCells(3, 1)
            }.ending
        }
        #expect(ask(Self.high) == .fatal)
        #expect(ask(Limbs4(.max, 0, 0, 0)) == .returned([0]))
        #expect(ask(Self.high, tag: T.u128).message?.hasPrefix("Tag mismatch at offset 2") == true)
        #expect(ask(Self.high, gas: 18 + 1430).message?.hasPrefix("Not enough") == true)
    }

    @Test func wordsThatAreNoNumbers() {
        func compress(gas: UInt32 = 10_000, state: UInt64 = 100, inputs: UInt64 = 200, _ change: (inout Assembler) -> Void) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                for word in 0..<8 { a.set(UInt16(100 + word), T.u32, 1) }
                for word in 0..<16 { a.set(UInt16(200 + word), T.u32, 1) }
                a.set(2, T.u32, state)
                a.set(3, T.u32, inputs)
                change(&a)
                a.wide(0x40, modes: 0b010100, 300, 2, 3)
                a.returnCells(300, 0)
            }.ending
        }
        let large = Limbs4(1 << 53, 0, 0, 0), safe = Limbs4(1 << 53 - 1, 0, 0, 0)
        #expect(compress { _ in } == .returned([]))
        #expect(compress { $0.set(100, T.u64, large) } == .fatal)
        #expect(compress { $0.set(100, T.u64, safe) }.message?.hasPrefix("Tag mismatch at offset 100") == true)
        #expect(compress { $0.set(215, T.field, large) } == .fatal)
        #expect(compress { $0.set(215, T.u128, Self.high) } == .fatal)
        // A wrong tag of a small word does not stop the conversion of the next.
        #expect(compress { a in a.set(200, T.u8, 1); a.set(100, T.u64, large) } == .fatal)
        // Slices: the inputs' first, then their conversion, then the state's.
        #expect(compress(inputs: 0xffff_fff1) { $0.set(100, T.u64, large) }.message?.hasPrefix("Memory slice is out of range") == true)
        #expect(compress(state: 0xffff_fff9) { $0.set(215, T.u64, large) } == .fatal)
        #expect(compress(state: 0xffff_fff9) { _ in }.message?.hasPrefix("Memory slice is out of range") == true)
        #expect(compress(gas: 26 * 9 + 9 + 113) { $0.set(100, T.u64, large) } == .halted("Not enough L2GAS gas left"))
        #expect(compress(gas: 26 * 9 + 9 + 114) { $0.set(100, T.u64, large) } == .fatal)
    }

    @Test func selectors() {
        func call(_ selector: Limbs4, tag: UInt8 = T.field, gas: UInt32 = 100_000, size: UInt64 = 1) -> Ending {
            run(gas: Gas(daGas: 0, l2Gas: gas)) { a in
                a.set(1, T.field, 0)
                a.set(4, T.u32, size)
                a.set(5, tag, selector)
                a.widest(0x39, 1, 1, 1, 4, 5)
                a.returnCells(50, 0)
            }.ending
        }
        let large = Limbs4(1 << 32, 0, 0, 0)
        #expect(call(large) == .fatal)
        #expect(call(Self.high) == .fatal)
        #expect(call(Limbs4(1 << 32 - 1, 0, 0, 0)) == .returned([]))
        #expect(call(large, size: 0) == .returned([]))
        #expect(call(large, tag: T.u64).message?.hasPrefix("Tag mismatch at offset 5") == true)
        #expect(call(large, gas: 27 + 2928) == .halted("Not enough L2GAS gas left"))
        #expect(call(large, gas: 27 + 2929) == .fatal)
        #expect(run([0x26], calldata: [Fr(1 << 32 as UInt64)]).ending == .fatal)
    }

    @Test func emptyCodeAndMissingThings() {
        func call(_ host: TestHost) -> Ending {
            run(host: host) { a in
                a.set(1, T.field, 1000)
                a.set(2, T.field, 0xcc)
                a.set(4, T.u32, 0)
                a.widest(0x39, 1, 1, 2, 4, 5)
                a.wide(0x20, 6)
                a.returnCells(6, 1)
            }.ending
        }
        let host = TestHost()
        #expect(call(host) == .returned([0]))
        host.programs[AztecAddress(0xcc)] = Program([])
        #expect(call(host) == .fatal)
        #expect(host.saved.isEmpty)
        host.programFault = .halt(HaltReason("Reached the limit (21)"))
        #expect(call(host) == .returned([0]))
        host.programFault = .fatal("no deployment nullifier")
        #expect(call(host) == .fatal)
        #expect(host.saved.isEmpty)
    }

    /// SET_64 with its top bit set («note 03 §7.3», recorded in the golden data; more of the same kind here).
    @Test func negativeFields() {
        /// Cell 1 holds 1 − 2^63 as FIELD, cell 2 holds 5.
        func with(_ tail: (inout Assembler) -> Void) -> Ending {
            run { a in
                a.set64(1, T.field, 1 << 63 + 1)
                a.set(2, T.field, 5)
                tail(&a)
                a.returnCells(3, 1)
            }.ending
        }
        func binary(_ opcode: UInt8, _ x: UInt64, _ y: UInt64) -> Ending { with { $0.emit(opcode, [(0, 1), (x, 1), (y, 1), (3, 1)]) } }
        let negative = -Fr(UInt64(Int64.max))
        #expect(binary(0x00, 1, 2) == .fatal)  // the sum is negative, returning it is fatal
        #expect(binary(0x02, 1, 2) == .returned([negative - 5]))
        #expect(binary(0x02, 2, 1) == .returned([Fr(5) - negative]))
        #expect(binary(0x02, 1, 1) == .returned([0]))
        #expect(binary(0x04, 1, 1) == .returned([negative * negative]))
        #expect(binary(0x04, 1, 0) == .returned([0]))
        #expect(binary(0x08, 1, 2) == .fatal)
        #expect(binary(0x08, 2, 1) == .fatal)
        #expect(binary(0x0a, 1, 1) == .fatal)
        #expect(binary(0x0c, 1, 2) == .returned([1]))
        #expect(binary(0x0c, 2, 1) == .returned([0]))
        #expect(binary(0x0e, 1, 2) == .returned([1]))
        #expect(binary(0x0e, 2, 1) == .fatal)
        #expect(binary(0x10, 1, 1) == .halted("Tag mismatch, got FIELD, expected integral"))
        // p − 1 − (1 − 2^63) is p or more, which no field element can hold.
        #expect(with { a in
            a.set(4, T.field, Fr.modulus.subtractingWrapping(Limbs4(1, 0, 0, 0)))
            a.emit(0x02, [(0, 1), (4, 1), (1, 1), (3, 1)])
        } == .fatal)
        // The sum of two negatives and of a positive that outweighs them is plain again.
        #expect(with { a in
            a.set(4, T.field, Limbs4(0, 1, 0, 0))
            a.emit(0x00, [(0, 1), (1, 1), (1, 1), (5, 1)])
            a.emit(0x00, [(0, 1), (5, 1), (4, 1), (3, 1)])
        } == .returned([2]))
        for (tag, value) in [(T.u1, 1), (T.u8, 1), (T.u64, 1 << 63 + 1)] as [(UInt8, UInt64)] {
            #expect(with { $0.emit(0x1c, [(0, 1), (1, 1), (3, 1), (UInt64(tag), 1)]) } == .returned([Fr(value)]))
        }
        #expect(with { $0.emit(0x1c, [(0, 1), (1, 1), (3, 1), (6, 1)]) } == .returned([Fr(Limbs4(1 << 63 + 1, .max, 0, 0))!]))
        #expect(with { $0.emit(0x1c, [(0, 1), (1, 1), (3, 1), (0, 1)]) } == .fatal)
        // A halt elsewhere in the same instruction still wins.
        #expect(with { a in a.set(2, T.u8, 1); a.wide(0x30, 1, 2) }.message?.hasPrefix("Tag mismatch at offset 2") == true)
        #expect(with { $0.wide(0x30, 1, 2) } == .fatal)
        #expect(with { $0.wide(0x3f, 1, 10) } == .fatal)
        #expect(run { a in a.set64(1, T.u128, 1 << 63 + 1); a.returnCells(1, 1) }.ending == .returned([Fr(Limbs4(1 << 63 + 1, .max, 0, 0))!]))
        #expect(run { a in a.set64(1, T.u128, 1 << 62); a.returnCells(1, 1) }.ending == .returned([Fr(1 << 62 as UInt64)]))
    }
}
