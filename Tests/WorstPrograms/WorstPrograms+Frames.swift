import Field
import Protocol

// Calls, memory, control.
extension WorstPrograms {
    /// Cells 1…5: L2 gas, DA gas, address, size of the arguments, 1 as U32.
    private static func prepareCall(_ code: inout Bytecode, gas: UInt32 = 6_000_000, to address: Fr = ownAddress.field, arguments: UInt32 = 0) {
        code.set(1, .field, gas)
        code.set(2, .field, 100_000_000)
        code.set(3, address)
        code.set(4, .u32, arguments)
        code.set(5, .u32, 1)
    }

    private static func call(_ code: inout Bytecode, arguments: UInt16 = 100) { code.longOp(0x39, 1, 2, 3, 4, arguments) }

    /// Goes to `body` in the outermost call, to `nested` in one with other than one word of calldata… what the transaction
    /// itself passes is its selector and `arguments`, so a nested call is known by its first word, 77.
    private static func branch(_ code: inout Bytecode, outer: (inout Bytecode) -> Void, nested: (inout Bytecode) -> Void) {
        code.set(10, .u32, 1)
        code.set(11, .u32, 0)
        code.op(0x1f, 10, 11, 100)
        code.set(12, Fr(77))
        code.op(0x0b, 100, 12, 13)
        let jumpAt = code.here
        code.jumpIf(13, 0)
        outer(&code)
        let target = code.here
        for byte in 0..<4 { code.bytes[jumpAt + 4 + byte] = UInt8(truncatingIfNeeded: target >> (24 - 8 * byte)) }
        nested(&code)
    }

    /// Calls itself again and again; the nested call does `nested`.
    private static func storm(_ name: String, gas: UInt32 = 6_000_000, arguments: UInt32 = 1, _ nested: @escaping (inout Bytecode) -> Void) -> WorstProgram {
        WorstProgram(name) { code in
            branch(&code, outer: { code in
                prepareCall(&code, gas: gas, arguments: arguments)
                code.set(200, Fr(77))
                code.loop { call(&$0, arguments: 200) }
            }, nested: nested)
        }
    }

    static let calls: [WorstProgram] = [
        WorstProgram("recursion") { code in
            prepareCall(&code)
            call(&code)
        },
        WorstProgram("recursion with arguments") { code in
            prepareCall(&code, arguments: 1000)
            call(&code)
        },
        WorstProgram("recursion with writes") { code in
            prepareCall(&code)
            code.emit(0x1e, [(0, 1), (20, 2), (10, 1)])
            code.op(0x30, 20, 20)
            call(&code)
        },
        WorstProgram("recursion with a chunk of memory each") { code in
            prepareCall(&code)
            for chunk in 1..<64 { code.set(UInt16(chunk * 1024), .u32, 1) }
            call(&code)
        },
        WorstProgram("recursion from within internal calls") { code in
            prepareCall(&code)
            for _ in 0..<100 { code.internalCall(code.here + 5) }
            call(&code)
        },
        storm("calls that return at once") { $0.op(0x3b, 11, 100) },
        storm("calls that revert at once") { $0.op(0x3d, 11, 100) },
        storm("calls that halt at once", gas: 0) { $0.op(0x3b, 11, 100) },
        storm("calls with an invalid opcode", gas: 100) { $0.bytes.append(0xff) },
        WorstProgram("calls to absent addresses") { code in
            prepareCall(&code, gas: 0)
            code.set(3, Fr(1 << 40))
            code.set(20, Fr.one)
            code.loop { code in
                call(&code)
                code.op(0x01, 3, 20, 3)
            }
        },
        WorstProgram("calls to ever other contracts") { code in
            prepareCall(&code, gas: 100)
            code.set(3, Fr(firstContract))
            code.set(20, Fr.one)
            code.loop { code in
                call(&code)
                code.op(0x01, 3, 20, 3)
            }
        },
        storm("note hashes that are reverted") { code in
            for _ in 0..<60 { code.op(0x32, 12) }
            code.op(0x3d, 11, 100)
        },
        storm("nullifiers that are reverted") { code in
            code.set(20, Fr.one)
            for _ in 0..<60 {
                code.op(0x34, 12)
                code.op(0x01, 12, 20, 12)
            }
            code.op(0x3d, 11, 100)
        },
        storm("writes that are reverted") { code in
            code.set(20, Fr.one)
            for _ in 0..<60 {
                code.op(0x30, 12, 12)
                code.op(0x01, 12, 20, 12)
            }
            code.op(0x3d, 11, 100)
        },
        storm("messages and logs that are reverted") { code in
            code.set(20, .u32, 13)
            for _ in 0..<7 {
                code.op(0x38, 12, 12)
                code.op(0x37, 300, 20)
            }
            code.op(0x3d, 11, 100)
        },
        storm("reverts with much data") { code in
            code.set(20, .u32, 20_000)
            code.op(0x3d, 20, 300)
        },
        storm("returns with much data", gas: 3_000_000) { code in
            code.set(20, .u32, 900_000)
            code.op(0x3b, 20, 300)
        },
        storm("frames that write little") { code in
            for chunk in 1..<60 { code.set(UInt16(chunk * 1024), .u32, 1) }
            code.op(0x3b, 11, 100)
        },
    ]

    static let memory: [WorstProgram] = [
        WorstProgram("SET of fresh pages, frame after frame") { code in
            prepareCall(&code)
            freshPages(&code)
            call(&code)
        },
        WorstProgram("CALLDATACOPY of 1,900,000 cells") { copy(&$0, 0x1f, 1_900_000, to: 1 << 20) },
        WorstProgram("CALLDATACOPY of 60,000 cells") { copy(&$0, 0x1f, 60_000, to: 16) },
        WorstProgram("RETURNDATACOPY of 1,900,000 cells") { copy(&$0, 0x22, 1_900_000, to: 1 << 20) },
        WorstProgram("CALLDATACOPY of a cell to fresh pages") { code in
            code.set(1, .u32, 1)
            code.set(2, .u32, 0)
            code.set(3, .u32, 1 << 20)
            code.set(4, .u32, 64)
            code.loop { code in
                code.op(0x1f, modes: 0b010000, 1, 2, 3)
                code.op(0x01, 3, 4, 3)
            }
        },
        WorstProgram("indirect SET to fresh pages") { code in
            code.set(3, .u32, 1 << 20)
            code.set(4, .u32, 4096 + 4)
            code.loop { code in
                code.set(3, .u32, 1, modes: 1)
                code.op(0x01, 3, 4, 3)
            }
        },
        WorstProgram("indirect MOV over many pages") { code in
            code.set(3, .u32, 1 << 20)
            code.set(4, .u32, 0x0123_4567)
            code.loop { code in
                code.op(0x2e, modes: 0b0100, 4, 3)
                code.op(0x01, 3, 4, 3)
            }
        },
        WorstProgram("returns 1,900,000 cells") { code in
            code.set(20, .u32, 1_900_000)
            code.op(0x3b, 20, 300)
        },
        WorstProgram("reverts with 1,900,000 cells") { code in
            code.set(20, .u32, 1_900_000)
            code.op(0x3d, 20, 300)
        },
        WorstProgram("copies, then returns what was copied") { code in
            code.set(1, .u32, 990_000)
            code.set(2, .u32, 0)
            code.set(3, .u32, 1 << 20)
            code.op(0x1f, modes: 0b010000, 1, 2, 3)
            code.op(0x3b, modes: 0b100, 1, 3)
        },
    ]

    private static func freshPages(_ code: inout Bytecode) {
        // SET_16 is 7 bytes; nine hundred bytes are kept for the rest.
        let count = (maximumBytes - 900) / 7
        for page in 0..<count { code.emit(0x28, [(0, 1), (UInt64(16 + 4 * page) & 0xffff, 2), (4, 1), (1, 2)]) }
    }

    private static func copy(_ code: inout Bytecode, _ opcode: UInt8, _ count: UInt32, to address: UInt32) {
        code.set(1, .u32, count)
        code.set(2, .u32, 0)
        code.set(3, .u32, address)
        code.loop { $0.op(opcode, modes: 0b010000, 1, 2, 3) }
    }

    static let control: [WorstProgram] = [
        WorstProgram("JUMP") { code in code.loop(unrolled: 1) { _ in } },
        WorstProgram("JUMP through all of the code") { code in
            // Each jumps to another cache line.
            let count = maximumBytes / 5
            for index in 0..<count { code.jump((index * 7919 + 7919) % count * 5) }
        },
        WorstProgram("JUMPI") { code in code.loop { $0.jumpIf(1, 0) } },
        WorstProgram("INTERNALCALL without end") { code in code.loop(unrolled: 1) { $0.internalCall(0) } },
        WorstProgram("INTERNALCALL and INTERNALRETURN") { code in
            code.jump(6)
            code.emit(0x26, [])
            code.loop { $0.internalCall(5) }
        },
        WorstProgram("code read at every offset") { code in
            // JUMPs whose targets are the middle of others: every byte becomes an instruction.
            let count = maximumBytes / 9
            for index in 0..<count { code.set(UInt16(index & 0xff), .u32, 0x2d00_0102 &+ UInt32(index & 0xff)) }
            code.jump(1)
        },
        WorstProgram("SUCCESSCOPY, all of the code", isUnmetered: true) { code in
            code.loop(unrolled: maximumBytes / 4 - 2) { $0.op(0x20, 1) }
        },
        WorstProgram("SUCCESSCOPY to other cells, all of the code", isUnmetered: true) { code in
            var cell: UInt16 = 0
            code.loop(unrolled: maximumBytes / 4 - 2) { code in
                code.op(0x20, cell)
                cell &+= 3
            }
        },
    ]
}
