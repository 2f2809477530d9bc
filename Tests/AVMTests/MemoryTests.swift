import AVM
import Field
import Protocol
import Testing

/// Memory («note 03 §2»): unwritten cells, far cells, slices, copies, and how much of it there can be.
@Suite struct MemoryTests {
    @Test func unwrittenCellsAreFieldZero() {
        let done = run { a in
            a.set(1, T.u32, 0xffff_fff0)
            a.set(2, T.u32, 16)
            a.wide(0x3b, modes: 0b0100, 2, 1)
        }
        #expect(done.ending == .returned([Fr](repeating: 0, count: 16)))
    }

    @Test func slicesEndAtTheEndOfMemory() {
        func give(_ start: UInt64, _ size: UInt64) -> Ending {
            run { a in
                a.set(1, T.u32, start)
                a.set(2, T.u32, size)
                a.wide(0x3b, modes: 0b0100, 2, 1)
            }.ending
        }
        #expect(give(0xffff_ffff, 0) == .returned([]))
        #expect(give(0xffff_ffff, 1) == .returned([0]))
        #expect(give(0xffff_ffff, 2) == .halted("Memory slice is out of range. Base address 4294967295, size 2"))
        #expect(give(1, 0xffff_ffff).message?.hasPrefix("Not enough L2GAS") == true)
    }

    /// Copies across the border between near and far cells, and over what was there.
    @Test(arguments: [0, 60, 65_530, 65_536, 0xffff_fff0] as [UInt64])
    func copies(address: UInt64) {
        let calldata = (1...12).map { Fr(UInt64($0)) }
        let done = run(calldata: calldata) { a in
            a.set(1000, T.u32, address)
            a.set(1001, T.u32, 16)
            a.set(1002, T.u32, 2)
            a.set(1003, T.u32, 5)
            a.wide(0x1f, modes: 0b010000, 1001, 1002, 1000)  // 3…12 and six zeros
            a.wide(0x1f, modes: 0b010000, 1003, 1001, 1000)  // five zeros: start is beyond the end
            a.wide(0x3b, modes: 0b0100, 1001, 1000)
        }
        #expect(done.ending == .returned([0, 0, 0, 0, 0, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0]))
    }

    @Test func copiesOfMuch() {
        let done = run(calldata: (0..<140_000).map { Fr(UInt64($0)) }) { a in
            a.set(1, T.u32, 139_999)
            a.set(2, T.u32, 2)
            a.set(3, T.u32, 0x10_0000)
            a.wide(0x1f, modes: 0b010000, 1, 2, 3)
            // Around the 65,536th and the end, where zeros begin.
            for (index, offset) in [65_534, 65_535, 65_536, 131_072, 139_997, 139_998].enumerated() {
                a.set(4, T.u32, 0x10_0000 + UInt64(offset))
                a.emit(0x2d, [(0b0001, 1), (4, 1), (UInt64(10 + index), 1)])
            }
            a.returnCells(10, 6)
        }
        #expect(done.ending == .returned([65_536, 65_537, 65_538, 131_074, 139_999, 0]))
    }

    @Test func relativeAddresses() {
        func move(base: UInt64, tag: UInt8 = T.u32, offset: UInt64) -> Ending {
            run { a in
                a.set(0, tag, base)
                a.emit(0x2d, [(0b0010, 1), (offset, 1), (9, 1)])
                a.returnCells(9, 1)
            }.ending
        }
        #expect(move(base: 0xffff_ffff, offset: 0) == .returned([0]))
        #expect(move(base: 0xffff_ffff, offset: 1) == .halted("Address out of range. Base address 4294967295, relative offset 1"))
        #expect(move(base: 0xffff_fff0, offset: 255) == .halted("Address out of range. Base address 4294967280, relative offset 255"))
        #expect(move(base: 5, tag: T.u64, offset: 1) == .halted("Tag mismatch at offset 0, got UINT64, expected UINT32"))
        // The bits of operands that do not exist mean nothing.
        #expect(run { a in a.emit(0x2d, [(0b1111_0000, 1), (1, 1), (2, 1)]); a.returnCells(2, 1) }.ending == .returned([0]))
    }

    /// Scattered writes and reads against a dictionary, near, far, and in nested frames that must not see each other.
    @Test func againstADictionary() {
        var generator = SeededGenerator(0x3e3)
        for round in 0..<30 {
            var a = Assembler()
            var model: [UInt32: UInt64] = [:]
            let scale: UInt64 = [1 << 10, 1 << 17, 1 << 32][round % 3]
            for step in 0..<400 as Range<UInt64> {
                let address = UInt32.random(in: 100...UInt32(scale - 1), using: &generator)
                guard address < 60_000 || address > 60_010 else { continue }
                a.set(1, T.u32, UInt64(address))
                a.set(2, T.u64, step)
                a.emit(0x2d, [(0b0100, 1), (2, 1), (1, 1)])
                model[address] = step
            }
            let picked = model.keys.sorted().shuffled(using: &generator).prefix(50)
            for (index, address) in picked.enumerated() {
                a.set(1, T.u32, UInt64(address))
                a.emit(0x2d, [(0b0001, 1), (1, 1), (UInt64(10 + index), 1)])
            }
            a.set(60005, T.u32, UInt64(picked.count))
            a.wide(0x3b, 60005, 10)
            #expect(run(a.bytes).ending == .returned(picked.map { Fr(model[$0]!) }))
        }
    }

    /// A callee begins with empty memory whatever frames before it wrote, and a caller finds its own again.
    @Test(arguments: [50, 70_000] as [UInt64])
    func framesAreApart(address: UInt64) {
        let host = TestHost()
        let callee = AztecAddress(0xcc)
        var inner = Assembler()
        inner.set(1, T.u32, address)
        inner.emit(0x2d, [(0b0001, 1), (1, 1), (10, 1)])  // what is there
        inner.set(2, T.u64, 9)
        inner.emit(0x2d, [(0b0100, 1), (2, 1), (1, 1)])
        inner.returnCells(10, 1)
        host.programs[callee] = Program(inner.bytes)
        let done = run(host: host) { a in
            a.set(1, T.u32, address)
            a.set(2, T.u64, 7)
            a.emit(0x2d, [(0b0100, 1), (2, 1), (1, 1)])
            a.set(3, T.field, 100_000)
            a.set(4, T.field, 0xcc)
            a.set(5, T.u32, 0)
            a.set(6, T.u32, 1)
            for index in 0..<3 as Range<UInt16> {
                a.widest(0x39, 3, 3, 4, 5, 0)
                a.wide(0x22, 6, 5, 20 + index)
            }
            a.emit(0x2d, [(0b0001, 1), (1, 1), (23, 1)])
            a.returnCells(20, 4)
        }
        #expect(done.ending == .returned([0, 0, 0, 7]))
    }

    /// What it takes to fill memory is paid for: a bound on what one call can take.
    @Test func boundedMemory() {
        let interpreter = Interpreter()
        // Nine gas for a cell each on a page of its own.
        var sparse = Assembler()
        sparse.set(0, T.u32, 100_000)
        sparse.set(1, T.u32, 65536)
        let start = sparse.bytes.count
        for index in 0..<8000 as Range<UInt64> { sparse.emit(0x28, [(2, 1), (8 * index, 2), (4, 1), (7, 2)]) }
        sparse.wide(0x01, 0, 1, 0)
        sparse.jump(start)
        #expect(run(sparse.bytes, interpreter: interpreter).ending == .halted("Not enough L2GAS gas left"))
        #expect(interpreter.peakMemoryByteCount > 90 << 20)
        #expect(interpreter.peakMemoryByteCount < 140 << 20)
        // Three gas for a cell in a row of them.
        interpreter.resetPeakMemory()
        let copy = run(
            { var a = Assembler(); a.set(1, T.u32, 1_990_000); a.set(2, T.u32, 0x8000_0001); a.wide(0x1f, modes: 0x10, 1, 3, 2); return a.bytes }(),
            interpreter: interpreter)
        #expect(copy.ending.message?.hasPrefix("Tag mismatch") == true)
        // Nothing for SUCCESSCOPY: at the end of memory the transaction is dropped.
        var free = Assembler()
        free.set(0, T.u32, 100_000)
        free.set(1, T.u32, 65536)
        let loop = free.bytes.count
        for index in 0..<16_000 as Range<UInt64> { free.emit(0x20, [(2, 1), (4 * index, 2)]) }
        free.wide(0x01, 0, 1, 0)
        free.jump(loop)
        interpreter.resetPeakMemory()
        #expect(run(free.bytes, interpreter: interpreter).ending == .fatal)
        #expect(interpreter.peakMemoryByteCount < 150 << 20)
        // And afterwards all is as before.
        #expect(run(sparse.bytes, gas: Gas(daGas: 0, l2Gas: 1000), interpreter: interpreter).ending == .halted("Not enough L2GAS gas left"))
    }

    /// Frames that use up the near cells of all frames find their low cells elsewhere.
    @Test func lowCellsOfManyFrames() {
        let host = TestHost()
        var a = Assembler()
        a.set(2, T.field, 0xaa)
        a.set(3, T.field, 14_000)
        a.set(4, T.u32, 0)
        for index in 0..<300 as Range<UInt16> { a.set(100 + 64 * index, T.u32, UInt64(index)) }
        // All gas but 14,000 for the same again; where that is not there, all of it: those frames halt.
        a.emit(0x1e, [(0, 1), (1, 2), (10, 1)])
        a.wide(0x03, 1, 3, 1)
        a.widest(0x39, 1, 1, 2, 4, 0)
        a.set(5, T.u32, 0)
        // All cells are still what they were: their sum is.
        for index in 0..<300 as Range<UInt16> { a.wide(0x01, 5, 100 + 64 * index, 5) }
        a.set(6, T.u32, 44_850)
        a.emit(0x0a, [(0, 1), (5, 1), (6, 1), (7, 1)])
        let after = a.bytes.count
        a.jumpIf(7, after + 8 + 4)
        a.bytes += [0x44, 0, 0, 0]
        a.returnCells(5, 1)
        host.programs[ownAddress] = Program(a.bytes)
        #expect(run(a.bytes, host: host).ending == .returned([44_850]))
        #expect(host.deepest > 200)
    }

    /// Code in which an instruction begins at every byte, and control reaches them all: what decoding keeps is bounded.
    @Test func decodedAtEveryByte() throws {
        var a = Assembler()
        let region = 4 * 5 + 6
        for start in 0..<4 { a.internalCall(region + start) }
        a.wide(0x3b, 60001, 1)  // empty cell: a halt
        a.bytes += [UInt8](repeating: 0x20, count: 40_000)
        a.bytes += [UInt8](repeating: 0x26, count: 4)
        let program = Program(a.bytes)
        let call = AVMCall(
            address: ownAddress, sender: .zero, calldata: [], isStatic: false, transactionFee: .zero, gas: Gas(daGas: 0, l2Gas: 1000))
        let outcome = try Interpreter().run(call, program: program, globals: testGlobals, host: TestHost()) { false }
        #expect(outcome.instructions > 39_990)
        #expect(program.decodedByteCount > 35 * a.bytes.count)
        #expect(program.decodedByteCount <= 40 * a.bytes.count + 4096)
    }
}
