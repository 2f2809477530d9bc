import AVM
import Field
import Protocol
import Testing

/// Nested calls, internal calls, environment, revert reasons («note 03 §4, §8»).
@Suite struct CallTests {
    private let other = AztecAddress(0xcc)

    /// Calls 0xcc with `l2` gas and no arguments, leaves success in 6 and the size of the data in 7.
    private func callOther(_ a: inout Assembler, l2: UInt64 = 100_000, opcode: UInt8 = 0x39) {
        a.set(1, T.field, l2)
        a.set(2, T.field, 0xcc)
        a.set(3, T.field, 5000)
        a.set(4, T.u32, 0)
        a.widest(opcode, 1, 3, 2, 4, 0)
        a.wide(0x20, 6)
        a.wide(0x21, 7)
    }

    private func program(_ build: (inout Assembler) -> Void) -> Program {
        var a = Assembler()
        build(&a)
        return Program(a.bytes)
    }

    @Test func returnDataAndRefund() {
        let host = TestHost()
        host.programs[other] = program { a in
            a.set(1, T.u64, 77)
            a.set(2, T.u1, 1)
            a.returnCells(1, 2)
        }
        let done = run(host: host) { a in
            callOther(&a)
            a.set(8, T.u32, 1)
            a.wide(0x22, 7, 4, 10)  // both words
            a.wide(0x22, 7, 8, 20)  // from 1: one word and a zero
            a.wide(0x2e, 20, 12)
            a.wide(0x2e, 21, 13)
            a.wide(0x2e, 6, 14)
            a.returnCells(10, 5)
        }
        #expect(done.ending == .returned([77, 1, 1, 0, 1]))
        let child: UInt32 = 9 + 9 + 9 + 15 + 6
        let parent: UInt32 = 36 + 2925 + 9 + 9 + 60 + 54 + 9 + 15 + 15
        #expect(done.outcome?.gasLeft.l2Gas == 6_000_000 - child - parent)
        #expect(done.outcome?.gasLeft.daGas == 1_000_000)
        #expect(done.outcome?.instructions == 4 + 15)
    }

    @Test func revertKeepsGasAndRollsBack() {
        let host = TestHost()
        host.programs[other] = program { a in
            a.set(1, T.field, 5)
            a.wide(0x30, 1, 1)
            a.set(60001, T.u32, 1)
            a.wide(0x3d, 60001, 1)
        }
        let done = run(host: host) { a in
            a.set(9, T.field, 1)
            a.wide(0x30, 9, 9)
            callOther(&a)
            a.returnCells(6, 2)
        }
        #expect(done.ending == .returned([0, 1]))
        #expect(host.state.storage[ownAddress.field] == [1: 1])
        #expect(host.state.storage[other.field] == nil)
        #expect(host.saved.isEmpty)
        #expect(done.outcome!.gasLeft.l2Gas > 5_980_000)
    }

    @Test func haltOfAChildTakesItsGasOnly() {
        let host = TestHost()
        host.programs[other] = Program([0x44])
        let done = run(host: host) { a in
            callOther(&a)
            a.returnCells(6, 2)
        }
        #expect(done.ending == .returned([0, 0]))
        let spent: UInt32 = 36 + 2925 + 100_000 + 9 + 9 + 15 + 6
        #expect(done.outcome?.gasLeft == Gas(daGas: 995_000, l2Gas: 6_000_000 - spent))
    }

    @Test func revertReasonIsPassedOn() {
        let host = TestHost()
        host.programs[other] = program { a in
            a.internalCall(6)
            a.internalReturn()
            a.emit(0x06, [(0, 1), (9, 1), (9, 1), (9, 1)])
        }
        let done = run(calldata: [0x12345678, 2], host: host) { a in
            callOther(&a)
            a.set(60001, T.u32, 0)
            a.wide(0x3d, 60001, 1)
        }
        #expect(done.outcome?.revert == AVMRevert(
            message: "Tag mismatch, got FIELD, expected integral", data: [],
            frames: [
                AVMRevert.Frame(address: ownAddress, selector: 0x12345678, internalCallStack: ["0.58"]),
                AVMRevert.Frame(address: other, selector: nil, internalCallStack: ["0.0", "0.6"]),
            ]))
        // Other data: an own reason.
        let own = run(host: host) { a in
            callOther(&a)
            a.set(60001, T.u32, 1)
            a.wide(0x3d, 60001, 1)
        }
        #expect(own.outcome?.revert?.message == "Assertion failed: ")
        #expect(own.outcome?.revert?.data == [100_000])
        #expect(own.outcome?.revert?.frames.count == 1)
    }

    @Test func missingCodeIsAReason() {
        let done = run(host: TestHost()) { a in
            callOther(&a)
            a.jump(1 << 20)
        }
        #expect(done.outcome?.revert?.message == "No bytecode found at: \(other). Reverting...")
        #expect(done.outcome?.revert?.frames.map(\.internalCallStack) == [["0.1048576"], []])
    }

    /// The call fails, and then there is no next instruction: two failures, one fork.
    @Test func failedCallAtTheEnd() {
        let host = TestHost()
        let done = run(host: host) { a in
            a.set(4, T.u32, 0)
            a.widest(0x39, 1, 1, 1, 4, 0)
        }
        #expect(done.ending.message?.hasPrefix("No bytecode found") == true)
        #expect(done.outcome?.instructions == 2)
        #expect(host.saved.isEmpty)
    }

    @Test func staticIsInherited() {
        let host = TestHost()
        let third = AztecAddress(0xdd)
        host.programs[other] = program { a in
            a.set(1, T.field, 50_000)
            a.set(2, T.field, 0xdd)
            a.set(4, T.u32, 0)
            a.widest(0x39, 1, 1, 2, 4, 0)
            a.wide(0x20, 6)
            a.returnCells(6, 1)
        }
        host.programs[third] = program { a in
            a.set(1, T.field, 1)
            a.wide(0x30, 1, 1)
            a.returnCells(1, 0)
        }
        func nested(_ opcode: UInt8) -> Ending {
            run(host: host) { a in
                callOther(&a, l2: 1_000_000, opcode: opcode)
                a.wide(0x22, 7, 4, 10)
                a.returnCells(10, 1)
            }.ending
        }
        #expect(nested(0x39) == .returned([1]))
        #expect(host.state.storage[third.field] == [1: 1])
        #expect(nested(0x3a) == .returned([0]))
    }

    @Test(arguments: [0x30, 0x32, 0x34, 0x37, 0x38] as [UInt8])
    func staticFramesChangeNothing(opcode: UInt8) {
        let host = TestHost()
        let done = run(isStatic: true, host: host) { a in
            a.set(1, T.field, 1)
            a.set(2, opcode == 0x37 ? T.u32 : T.field, 0)
            if opcode == 0x32 || opcode == 0x34 { a.wide(opcode, 1) } else { a.wide(opcode, 1, 2) }
            a.returnCells(1, 0)
        }
        #expect(done.ending == .halted("Static call cannot update the state, emit L2->L1 messages or generate logs"))
    }

    @Test func environment() {
        let gas = Gas(daGas: 777, l2Gas: 5000)
        var a = Assembler()
        for variable in 0..<12 { a.emit(0x1e, [(0, 1), (UInt64(10 + variable), 2), (UInt64(variable), 1)]) }
        // TIMESTAMP is U64, which EQ with a U64 shows.
        a.set(30, T.u64, 15)
        a.emit(0x0a, [(0, 1), (16, 1), (30, 1), (31, 1)])
        a.returnCells(10, 12)
        let done = run(a.bytes, gas: gas, isStatic: true, fee: 99)
        let left: Fr = 4901
        let expected: [Fr] = [0xaa, 0xbb, 99, 11, 12, 13, 15, 17, 16, 1, left, 777]
        #expect(done.ending == .returned(expected))
        #expect(run([0x1e, 0, 0, 1, 12]).ending == .halted("Invalid GETENVVAR var enum 12"))
    }

    @Test func programCounters() {
        #expect(run([0x20, 0, 0, 1]).ending == .halted("Invalid program counter 4, max is 4"))
        #expect(run { $0.jump(5) }.ending == .halted("Invalid program counter 5, max is 5"))
        #expect(run { $0.jump(1 << 32 - 1) }.ending == .halted("Invalid program counter 4294967295, max is 5"))
        #expect(run([0x44]).ending == .halted("Opcode 68 (0x44) value is not in the range of valid opcodes."))
        #expect(run([0x26]).ending == .halted("Internal call stack empty!"))
        // Counted: what was executed, not what failed.
        #expect(run([0x20, 0, 0, 1]).outcome?.instructions == 1)
        #expect(run([0x20, 0, 0, 1, 0x44]).outcome?.instructions == 1)
        #expect(run([0x26]).outcome?.instructions == 0)
        // Into the middle of an instruction: SET_32's immediate is a RETURN of nothing.
        let middle = run { a in
            a.set(60001, T.u32, 0)
            a.jump(7 + 5 + 5)
            a.emit(0x29, [(0, 1), (9, 2), (4, 1), (0x3b00ea61, 4)])
            a.bytes += [0, 1]
        }
        #expect(middle.ending == .returned([]))
    }

    @Test func internalCallStacksAreOfTheirFrame() {
        let host = TestHost()
        // Its first slot is that of the caller's INTERNALCALL, and where it goes on is known by then.
        host.programs[other] = Program([0x20, 0, 0, 1, 0x26])
        let nested = run(host: host) { a in
            a.internalCall(6)
            a.internalReturn()
            callOther(&a)
            a.returnCells(6, 1)
        }
        #expect(nested.ending == .returned([0]))
    }

    @Test func conditionsOfAnyTag() {
        for tag in 0...6 as ClosedRange<UInt8> {
            for value in [0, 1] as [UInt64] {
                let done = run { a in
                    a.set(1, tag, value)
                    let here = a.bytes.count
                    a.jumpIf(1, here + 8 + 13)
                    a.returnCells(10, 0)
                    a.returnCells(10, 1)
                }
                #expect(done.ending == .returned(value == 0 ? [] : [0]), "\(tag)")
            }
        }
    }

    @Test func gasForTheChildIsCapped() {
        let host = TestHost()
        host.programs[other] = program { a in
            a.emit(0x1e, [(0, 1), (10, 2), (10, 1)])
            a.emit(0x1e, [(0, 1), (11, 2), (11, 1)])
            a.returnCells(10, 2)
        }
        let done = run(gas: Gas(daGas: 40, l2Gas: 100_000), host: host) { a in
            a.set(1, T.field, Fr.modulus.subtractingWrapping(Limbs4(1, 0, 0, 0)))
            a.set(2, T.field, 0xcc)
            a.set(4, T.u32, 0)
            a.widest(0x39, 1, 1, 2, 4, 0)
            a.wide(0x21, 7)
            a.wide(0x22, 7, 4, 10)
            a.returnCells(10, 2)
        }
        let left: UInt64 = 100_000 - 27 - 2925 - 9
        #expect(done.ending == .returned([Fr(left), 40]))
    }

    @Test func deepRecursion() {
        let host = TestHost()
        var a = Assembler()
        a.set(1, T.field, Fr.modulus.subtractingWrapping(Limbs4(1, 0, 0, 0)))
        a.set(2, T.field, 0xaa)
        a.set(4, T.u32, 0)
        a.widest(0x39, 1, 1, 2, 4, 0)
        a.set(60001, T.u32, 0)
        a.wide(0x3d, 60001, 1)
        host.programs[ownAddress] = Program(a.bytes)
        let done = run(a.bytes, host: host)
        #expect(host.deepest > 2000)
        #expect(host.saved.isEmpty)
        // All frames but a few at the end passed one reason on.
        #expect(done.outcome?.revert?.message == "Not enough L2GAS gas left")
    }

    @Test func operationCounts() {
        let interpreter = Interpreter()
        interpreter.countsOpcodes = true
        var a = Assembler()
        a.set(1, T.field, 1)
        a.set(2, T.field, 1)
        a.wide(0x01, 1, 2, 3)
        a.returnCells(3, 1)
        #expect(run(a.bytes, interpreter: interpreter).ending == .returned([2]))
        #expect(interpreter.opcodeCounts.map(\.name).sorted() == ["ADD", "RETURN", "SET"])
        #expect(interpreter.opcodeCounts.first { $0.name == "SET" }?.count == 3)
        interpreter.countsOpcodes = false
        _ = run(a.bytes, interpreter: interpreter)
        #expect(interpreter.opcodeCounts.first { $0.name == "SET" }?.count == 3)
        interpreter.resetOpcodeCounts()
        #expect(interpreter.opcodeCounts.isEmpty)
    }

    /// Free instructions do not keep the question away whether to stop.
    @Test func freeInstructionsAreInterrupted() {
        var a = Assembler()
        for address in 0..<20_000 { a.wide(0x20, UInt16(address)) }
        a.jump(0)
        var asked = 0
        let done = run(a.bytes) {
            asked += 1
            return asked > 100
        }
        #expect(done.ending == .interrupted)
    }

    /// Nor do instructions that write much.
    @Test(arguments: [0x1f, 0x22, 0x43] as [UInt8])
    func longInstructionsAreInterrupted(opcode: UInt8) {
        var a = Assembler()
        a.set(1, T.u32, 1_900_000)
        a.set(2, T.u32, 2)
        a.set(3, T.u32, 0x10_0000)
        a.set(4, T.field, 0)
        a.set(5, T.u1, 0)
        if opcode == 0x43 { a.widest(opcode, modes: 1 << 8, 4, 2, 1, 5, 3) } else { a.wide(opcode, modes: 1 << 4, 1, 2, 3) }
        var asked = 0
        let end = "Invalid program counter \(a.bytes.count), max is \(a.bytes.count)"
        #expect(run(a.bytes, isCancelled: { asked += 1; return false }).ending == .halted(end))
        #expect(asked > 20)
        asked = 0
        #expect(run(a.bytes, isCancelled: { asked += 1; return asked > 5 }).ending == .interrupted)
    }
}
