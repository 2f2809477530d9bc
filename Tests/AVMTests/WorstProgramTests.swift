import AVM
import Field
import Protocol
import Testing
import WorstPrograms

/// Programs that mean to take much: bounds that hold on any machine. Times are `quetzal-benchmarks execution-worst`.
@Suite struct WorstProgramTests {
    private static func outcome(_ program: WorstProgram, on interpreter: Interpreter) throws(AVMFault) -> AVMOutcome {
        let call = AVMCall(
            address: WorstPrograms.ownAddress, sender: AztecAddress(0xbb), calldata: [0x1234] + program.arguments, isStatic: false,
            transactionFee: .zero, gas: Gas(daGas: 100_000_000, l2Gas: 6_000_000))
        let host = TestHost()
        let code = Program(program.bytecode)
        host.programs[WorstPrograms.ownAddress] = code
        return try interpreter.run(call, program: code, globals: testGlobals, host: host, isCancelled: { false })
    }

    /// Every program comes to an end of its own, within the memory and the number of instructions that gas allows.
    @Test(arguments: WorstPrograms.all.map(\.name)) func isBounded(name: String) throws {
        let program = try #require(WorstPrograms.all.first { $0.name == name })
        let interpreter = Interpreter()
        interpreter.beginTransaction()
        do throws(AVMFault) {
            let outcome = try Self.outcome(program, on: interpreter)
            #expect(outcome.instructions <= 2_000_001)
            #expect(!program.isUnmetered)
        } catch {
            guard case .fatal = error else {
                Issue.record("\(name): \(error)")
                return
            }
        }
        #expect(interpreter.peakMemoryByteCount <= 140_000_000)
    }

    /// What is free is counted over the calls of a transaction.
    @Test func freeInstructionsEnd() throws {
        let free = WorstProgram("20 million free instructions") { code in
            for _ in 0..<20_000 { code.op(0x20, 1) }
            // 39 gas a round: a thousand of them.
            code.set(2, .field, 1)
            code.op(0x01, 3, 2, 3)
            code.jump(0)
        }
        let interpreter = Interpreter()
        func rounds() throws(AVMFault) -> AVMOutcome {
            let call = AVMCall(
                address: ownAddress, sender: AztecAddress(0xbb), calldata: [], isStatic: false, transactionFee: .zero, gas: Gas(daGas: 0, l2Gas: 39_000))
            return try interpreter.run(call, program: Program(free.bytecode), globals: testGlobals, host: TestHost(), isCancelled: { false })
        }
        for _ in 0..<2 {
            interpreter.beginTransaction()
            #expect(try rounds().instructions > 19_000_000)
            #expect(throws: AVMFault.fatal("more than \(Interpreter.maximumInstructions) instructions, nearly all of them free")) { try rounds() }
        }
    }

    /// Also where the shortcut does it, which has the flag from when the call ended.
    @Test func successCopyTellsOfTheNewestCall() throws {
        let host = TestHost()
        var code = Assembler()
        code.set(1, T.u32, 0)
        code.set(2, T.field, 1000)
        for (place, address) in [0xcc, 0xdd, 0xcc].enumerated() {
            code.set(3, T.field, UInt64(address))
            code.wide(0x20, UInt16(10 + 2 * place))
            code.widest(0x39, 2, 2, 3, 1, 200)
            code.wide(0x20, UInt16(11 + 2 * place))
        }
        code.returnCells(10, 6)
        // Returns nothing.
        host.programs[AztecAddress(0xcc)] = Program([0x28, 0, 0, 1, 4, 0, 0, 0x3b, 0, 0, 1, 0, 1])
        for shortcuts in [true, false] {
            let interpreter = Interpreter()
            interpreter.usesShortcuts = shortcuts
            #expect(run(code.bytes, host: host, interpreter: interpreter).ending == .returned([0, 1, 1, 0, 0, 1]))
        }
    }
}
