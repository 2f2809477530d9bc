public import Field
public import Protocol

/// A program that means to take long, or much memory, for the 6 million gas of a transaction.
public struct WorstProgram: Sendable {
    public var name: String
    public var bytecode: [UInt8]
    /// Behind the selector.
    public var arguments: [Fr] = []
    /// Metering sets it no limit at all: only the deadline does.
    public var isUnmetered = false

    public init(_ name: String, arguments: [Fr] = [], isUnmetered: Bool = false, _ build: (inout Bytecode) -> Void) {
        self.name = name
        self.arguments = arguments
        self.isUnmetered = isUnmetered
        var code = Bytecode()
        build(&code)
        bytecode = code.bytes
    }

    public init(name: String, bytecode: [UInt8]) {
        self.name = name
        self.bytecode = bytecode
    }
}

/// At least one for each opcode and for each thing that could grow.
public enum WorstPrograms {
    /// Where the program itself is: what calls itself calls this.
    public static let ownAddress = AztecAddress(0x5e1f)
    /// From here on so many contracts are there.
    public static let firstContract: UInt64 = 1 << 32
    public static let contractCount = 4096

    public static var all: [WorstProgram] { arithmetic + hashing + state + calls + memory + control }

    static let random = Fr(unchecked: Limbs4(0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321, 0x1111_2222_3333_4444, 0x1234_1234_1234_1234))

    /// Packed bytecode of a class is at most this long.
    static let maximumBytes = 92_969

    static let arithmetic: [WorstProgram] = [
        WorstProgram("ADD of FIELD") { binary(&$0, 0x01) },
        WorstProgram("SUB of FIELD") { binary(&$0, 0x03) },
        WorstProgram("MUL of FIELD") { binary(&$0, 0x05) },
        WorstProgram("FDIV chain") { code in
            code.set(1, random)
            code.set(2, random + 5)
            code.loop { $0.op(0x09, 2, 1, 1) }
        },
        WorstProgram("DIV of U128") { code in
            code.emit(0x2b, [(0, 1), (1, 2), (6, 1), (0xffff_ffff_ffff_ffff, 8), (0xffff_ffff_ffff_fff1, 8)])
            code.emit(0x2b, [(0, 1), (2, 2), (6, 1), (1, 8), (0xffff_ffff_ffff_fff1, 8)])
            code.loop { $0.op(0x07, 1, 2, 3) }
        },
        WorstProgram("LT of FIELD") { binary(&$0, 0x0d) },
        WorstProgram("LTE of FIELD") { binary(&$0, 0x0f) },
        WorstProgram("EQ of FIELD") { binary(&$0, 0x0b) },
        WorstProgram("CAST of FIELD") { code in
            code.set(1, random)
            code.loop { $0.emit(0x1d, [(0, 1), (1, 2), (2, 2), (6, 1)]) }
        },
        WorstProgram("SHL of U128") { code in
            code.set(1, .u128, 0xffff_ffff)
            code.set(2, .u8, 77)
            code.loop { $0.op(0x19, 1, 2, 3) }
        },
        WorstProgram("AND of U128") { code in
            code.set(1, .u128, 0xffff_ffff)
            code.loop { $0.op(0x11, 1, 1, 3) }
        },
        WorstProgram("negative FIELD") { code in
            code.emit(0x2a, [(0, 1), (1, 2), (0, 1), (0xffff_ffff_ffff_fff1, 8)])
            code.set(2, random)
            code.loop { $0.op(0x05, 1, 2, 3) }
        },
        WorstProgram("SET_FF") { code in code.loop(unrolled: 256) { $0.set(1, random) } },
        WorstProgram("SET_128") { code in code.loop(unrolled: 256) { $0.emit(0x2b, [(0, 1), (1, 2), (0, 1), (1, 8), (2, 8)]) } },
        WorstProgram("GETENVVAR") { code in code.loop(unrolled: 256) { $0.emit(0x1e, [(0, 1), (1, 2), (10, 1)]) } },
        WorstProgram("DEBUGLOG") { code in
            code.set(1, .u32, 0xffff_ffff)
            code.loop { $0.emit(0x3e, [(0, 1), (2, 2), (2, 2), (1, 2), (0xffff, 2)]) }
        },
        WorstProgram("every address relative and indirect") { code in
            code.set(0, .u32, 0)
            code.set(1, .u32, 5)
            code.loop { $0.op(0x01, modes: 0b111111, 1, 1, 1) }
        },
    ]

    private static func binary(_ code: inout Bytecode, _ opcode: UInt8) {
        code.set(1, random)
        code.set(2, random + 1)
        code.loop { $0.op(opcode, 1, 2, 3) }
    }

    static let hashing: [WorstProgram] = [
        WorstProgram("POSEIDON2 chain") { code in code.loop { $0.op(0x3f, 1, 1) } },
        WorstProgram("POSEIDON2, each by itself") { code in code.loop { $0.op(0x3f, 1, 5) } },
        WorstProgram("KECCAKF1600") { code in
            for lane in 0..<25 { code.set(UInt16(1 + lane), .u64, UInt32(lane)) }
            code.loop { $0.op(0x41, 1, 1) }
        },
        WorstProgram("SHA256COMPRESSION") { code in
            for word in 0..<24 { code.set(UInt16(1 + word), .u32, UInt32(word)) }
            code.loop { $0.op(0x40, 1, 1, 9) }
        },
        WorstProgram("ECADD chain") { code in
            points(&code)
            code.loop { $0.longOp(0x42, 1, 2, 3, 4, 5, 6, 1) }
        },
        WorstProgram("ECADD doubling") { code in
            points(&code)
            code.loop { $0.longOp(0x42, 1, 2, 3, 1, 2, 3, 1) }
        },
        WorstProgram("TORADIXBE, 1 digit") { toRadix(&$0, radix: 255, digits: 1) },
        WorstProgram("TORADIXBE, 32 digits") { toRadix(&$0, radix: 255, digits: 32) },
        WorstProgram("TORADIXBE, 161 digits") { toRadix(&$0, radix: 3, digits: 161) },
        WorstProgram("TORADIXBE, 254 digits") { toRadix(&$0, radix: 2, digits: 254) },
        WorstProgram("TORADIXBE, 1,900,000 digits") { toRadix(&$0, radix: 2, digits: 1_900_000) },
    ]

    private static func points(_ code: inout Bytecode) {
        let generator = GrumpkinPoint.generator
        let other = generator + generator
        code.set(1, other.x)
        code.set(2, other.y)
        code.set(3, .u1, 0)
        code.set(4, generator.x)
        code.set(5, generator.y)
        code.set(6, .u1, 0)
    }

    private static func toRadix(_ code: inout Bytecode, radix: UInt32, digits: UInt32) {
        code.set(1, -.one)
        code.set(2, .u32, radix)
        code.set(3, .u32, digits)
        code.set(4, .u1, 0)
        code.loop { $0.longOp(0x43, 1, 2, 3, 4, 16) }
    }

    static let state: [WorstProgram] = [
        WorstProgram("SLOAD of ever other slots") { counting(&$0, from: 7) { $0.op(0x2f, 1, 3) } },
        WorstProgram("SLOAD of one slot") { code in code.loop { $0.op(0x2f, 1, 3) } },
        WorstProgram("NULLIFIEREXISTS of ever others") { counting(&$0, from: 7) { $0.op(0x33, 1, 4, 3) } },
        WorstProgram("NOTEHASHEXISTS at ever other places") { counting(&$0, from: 7) { $0.op(0x31, 4, 1, 3) } },
        WorstProgram("L1TOL2MSGEXISTS at ever other places") { counting(&$0, from: 7) { $0.op(0x35, 4, 1, 3) } },
        WorstProgram("GETCONTRACTINSTANCE of absent ones") { counting(&$0, from: 1 << 40) { $0.emit(0x36, [(0, 1), (1, 2), (3, 2), (1, 1)]) } },
        WorstProgram("GETCONTRACTINSTANCE of present ones") {
            counting(&$0, from: firstContract) { $0.emit(0x36, [(0, 1), (1, 2), (3, 2), (1, 1)]) }
        },
        WorstProgram("SSTORE until the limit") { counting(&$0, from: 7) { $0.op(0x30, 1, 1) } },
        WorstProgram("EMITNULLIFIER until the limit") { counting(&$0, from: 7) { $0.op(0x34, 1) } },
        WorstProgram("EMITNOTEHASH until the limit") { code in code.loop { $0.op(0x32, 1) } },
        WorstProgram("log of huge stated size") { code in
            code.set(1, .u32, 0xffff_ffff)
            code.op(0x37, 2, 1)
        },
        WorstProgram("log of a size that can be paid") { code in
            code.set(1, .u32, 45_000)
            code.op(0x37, 2, 1)
        },
    ]

    /// Cell 1 counts up from `first`, 27 gas a step.
    private static func counting(_ code: inout Bytecode, from first: UInt64, _ body: (inout Bytecode) -> Void) {
        code.set(1, Fr(first))
        code.set(2, Fr.one)
        code.loop { code in
            body(&code)
            code.op(0x01, 1, 2, 1)
        }
    }
}
