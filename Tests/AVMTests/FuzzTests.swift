import AVM
import Field
import Glibc
import Protocol
import Testing

/// Random and mutated programs: every one ends in one of the outcomes there are, with gas and journal in order.
@Suite struct FuzzTests {
    /// QUETZAL_LONG=1 is ten million programs, another number is so many.
    private static let count = getenv("QUETZAL_LONG").map { Int(String(cString: $0)) ?? 1 }.map { $0 > 1 ? $0 : 10_000_000 } ?? 10_000

    /// QUETZAL_SEED: other programs than the usual ones, so that a long form can be run in parts.
    private static let seed = getenv("QUETZAL_SEED").flatMap { UInt64(String(cString: $0)) } ?? 0

    @Test func randomBytes() { fuzz(0x5eed, Self.count / 4) { generator in Self.randomProgram(&generator) } }
    @Test func randomInstructions() { fuzz(0xf00d, Self.count / 2) { generator in Self.instructions(&generator, count: 40) } }
    @Test func mutatedPrograms() {
        fuzz(0xbeef, Self.count / 4) { generator in
            var program = Self.instructions(&generator, count: 30)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                // Mostly behind the part that fills the cells.
                let at = Int.random(in: (generator.next() % 8 == 0 ? 0 : program.count / 2)..<program.count, using: &generator)
                switch generator.next() % 3 {
                case 0: program[at] = UInt8(truncatingIfNeeded: generator.next())
                case 1: program.remove(at: at)
                default: program.insert(UInt8(truncatingIfNeeded: generator.next()), at: at)
                }
            }
            return program
        }
    }

    private func fuzz(_ seed: UInt64, _ count: Int, _ make: (inout SeededGenerator) -> [UInt8]) {
        let interpreter = Interpreter()
        let plain = Interpreter()
        plain.usesShortcuts = false
        var generator = SeededGenerator(seed ^ Self.seed << 32)
        var endings: [String: Int] = [:]
        var instructions = 0
        for index in 0..<count {
            let start = generator.state
            let code = make(&generator)
            // One in eight may go on for long: loops only repeat what the others show.
            let most: UInt32 = generator.next() % 8 == 0 ? 100_000 : 10_000
            let gas = Gas(daGas: UInt32.random(in: 0...20_000, using: &generator), l2Gas: UInt32.random(in: 0...most, using: &generator))
            let isStatic = generator.next() % 8 == 0
            let ending = run(interpreter, code, gas, isStatic)
            let complaints = ending.complaints(gas, code)
            if !complaints.isEmpty { Issue.record("seed \(start), program \(index): \(complaints)") }
            endings[ending.name, default: 0] += 1
            if index > 0, index % 100_000 == 0 {
                print("fuzz \(seed): \(index) programs")
                fflush(nil)
            }
            instructions += ending.outcome?.instructions ?? 0
            // The same without shortcuts.
            if ending.name != "interrupted", run(plain, code, gas, isStatic) != ending { Issue.record("seed \(start), program \(index): shortcuts differ") }
        }
        #expect(interpreter.peakMemoryByteCount < 150 << 20)
        print("fuzz \(seed): \(endings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")), \(instructions) instructions")
    }

    private struct Ended: Equatable {
        var name: String
        var outcome: AVMOutcome?
        var fatal: String?
        var openForks: Int
        var decodedByteCount: Int
        var storage: [Fr: [Fr: Fr]]
        var logs: [[Fr]]

        func complaints(_ gas: Gas, _ code: [UInt8]) -> [String] {
            var complaints: [String] = []
            if openForks != 0 { complaints.append("the journal is left with \(openForks) forks") }
            if decodedByteCount > 40 * code.count + 4096 { complaints.append("\(decodedByteCount) bytes decoded") }
            if let outcome {
                if outcome.gasLeft.l2Gas > gas.l2Gas || outcome.gasLeft.daGas > gas.daGas { complaints.append("gas grew") }
                if (outcome.revert != nil) != outcome.reverted { complaints.append("a revert without a reason, or a reason without one") }
            }
            if name == "unavailable" { complaints.append("unavailable") }
            return complaints
        }

        static func == (a: Ended, b: Ended) -> Bool {
            a.name == b.name && a.fatal == b.fatal && a.storage == b.storage && a.logs == b.logs
                && a.outcome?.output == b.outcome?.output && a.outcome?.gasLeft == b.outcome?.gasLeft
                && a.outcome?.instructions == b.outcome?.instructions && a.outcome?.revert == b.outcome?.revert
        }
    }

    private func run(_ interpreter: Interpreter, _ code: [UInt8], _ gas: Gas, _ isStatic: Bool) -> Ended {
        let program = Program(code)
        let host = TestHost()
        host.programs[ownAddress] = program
        host.programs[AztecAddress(1)] = program
        host.state.noteHashes = [1]
        let call = AVMCall(address: ownAddress, sender: AztecAddress(2), calldata: [1, 2, 3], isStatic: isStatic, transactionFee: 0, gas: gas)
        // Every program is a transaction of its own: the limit on free instructions is per transaction.
        interpreter.beginTransaction()
        var asked = 0
        var ended = Ended(name: "", openForks: 0, decodedByteCount: 0, storage: [:], logs: [])
        do {
            let outcome = try interpreter.run(call, program: program, globals: testGlobals, host: host) {
                asked += 1
                return asked > 2000
            }
            ended.outcome = outcome
            ended.name = outcome.reverted ? (outcome.gasLeft == .zero ? "halted" : "reverted") : "returned"
        } catch .fatal(let message) {
            ended.name = "fatal"
            ended.fatal = message
        } catch .interrupted {
            ended.name = "interrupted"
        } catch {
            ended.name = "unavailable"
        }
        ended.openForks = host.saved.count
        ended.decodedByteCount = program.decodedByteCount
        ended.storage = host.state.storage
        ended.logs = host.state.logs
        return ended
    }

    /// Bytes behind what fills the cells; now and then bytes alone.
    private static func randomProgram(_ generator: inout SeededGenerator) -> [UInt8] {
        let start = generator.next() % 16 == 0 ? [] : instructions(&generator, count: 0, ends: false)
        return start + (0..<Int.random(in: 1...200, using: &generator)).map { _ in
            let byte = UInt8(truncatingIfNeeded: generator.next())
            return switch generator.next() % 8 {
            case 0: byte
            case 1: byte % 0x44
            case 2, 3: 0
            default: byte % 24
            }
        }
    }

    /// Sizes of the opcodes' instructions with the opcode byte («note 03 §1»).
    static let sizes: [Int] = [
        5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 5, 8, 4, 6, 5, 8, 5, 8, 5, 7, 5, 8, 4, 4, 8, 5, 8, 5, 1, 5, 7, 9, 13, 21, 37,
        4, 6, 6, 6, 8, 4, 8, 4, 8, 7, 6, 6, 13, 13, 6, 4, 6, 10, 6, 8, 6, 17, 13,
    ]

    /// What operands an opcode wants, a letter for each: the kinds of cells below, `s` and `i` for twice the same kind
    /// (any, integral), `a` for any, `d` for a destination; then widths of immediates, `t` for a tag.
    private static let shapes: [UInt8: String] = [
        0x00: "ssd", 0x02: "ssd", 0x04: "ssd", 0x06: "iid", 0x08: "ffd", 0x0a: "ssd", 0x0c: "ssd", 0x0e: "ssd", 0x10: "iid", 0x12: "iid",
        0x14: "iid", 0x16: "id", 0x18: "iyd", 0x1a: "iyd", 0x1c: "adt", 0x1e: "d1", 0x1f: "wwd", 0x20: "d", 0x21: "d", 0x22: "wwd", 0x27: "dt1",
        0x28: "dt2", 0x29: "dt4", 0x2a: "dt8", 0x2d: "ad", 0x2f: "fd", 0x30: "ff", 0x31: "ffd", 0x32: "f", 0x33: "ffd", 0x34: "f", 0x35: "ffd",
        0x36: "fd1", 0x37: "fw", 0x38: "ff", 0x39: "fffwf", 0x3a: "fffwf", 0x3b: "wa", 0x3c: "wa", 0x3e: "aaw2", 0x3f: "gd", 0x40: "dxx",
        0x41: "dz", 0x42: "ffbffbd", 0x43: "frwbd",
    ]
    private static let ordered = shapes.sorted { $0.key < $1.key }.map { (opcode: $0.key, letters: Array($0.value.utf8)) }
    /// Opcodes that come as 8-bit and 16-bit forms.
    private static let paired: Set<UInt8> = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 0x2d, 0x3c]
    private static let cells: [Character: Range<UInt64>] = [
        "w": 1..<5, "p": 5..<8, "f": 8..<14, "g": 8..<10, "b": 14..<16, "y": 16..<18, "h": 18..<20, "l": 20..<22, "q": 22..<24, "r": 24..<25,
        "x": 150..<152, "z": 100..<102, "a": 1..<24, "d": 30..<60,
    ]
    /// By letter: most of the fuzz test's time was spent in dictionaries of characters.
    private static let kinds = (0..<128 as Range<UInt8>).map { cells[Character(UnicodeScalar($0))] ?? 0..<1 }
    private static let all = Array("wfbyhlq".utf8), integral = Array("wbyhlq".utf8)

    /// Mostly sensible instructions over cells of all tags; one in some has an operand, a mode or a target that is not.
    static func instructions(_ generator: inout SeededGenerator, count: Int, ends: Bool = true) -> [UInt8] {
        var a = Assembler()
        a.set(0, T.u32, 16)
        for cell in 1..<5 as Range<UInt16> { a.set(cell, T.u32, generator.next() % 5) }
        for cell in 5..<8 as Range<UInt16> { a.set(cell, T.u32, [60, 90, 0x1_0000, 0xffff_fffe][Int(generator.next() % 4)]) }
        for cell in 8..<14 as Range<UInt16> { a.set(cell, T.field, [0, 1, 1, 5000, generator.next() >> 1, ownAddress.field.integer.l0][Int(generator.next() % 6)]) }
        for (cell, tag) in [(14, 1), (15, 1), (16, 2), (17, 2), (18, 3), (19, 3), (20, 5), (21, 5), (22, 6), (23, 6)] as [(UInt16, UInt8)] {
            a.set(cell, tag, generator.next() >> (generator.next() % 64))
        }
        a.set(24, T.u32, 2 + generator.next() % 300)
        if generator.next() % 4 == 0 { for cell in 100..<127 as Range<UInt16> { a.set(cell, T.u64, 3) } }
        if generator.next() % 4 == 0 { for cell in 150..<168 as Range<UInt16> { a.set(cell, T.u32, 3) } }
        if generator.next() % 16 == 0 { a.set64(8, UInt8(generator.next() % 7), generator.next()) }
        var starts: [Int] = []
        for _ in 0..<count {
            starts.append(a.bytes.count)
            switch generator.next() % 12 {
            case 0:
                let target = generator.next() % 8 == 0 ? Int(generator.next() % 1000) : starts.randomElement(using: &generator)!
                switch generator.next() % 4 {
                case 0: a.jump(target)
                case 1: a.internalCall(target)
                case 2: a.internalReturn()
                default: a.jumpIf(UInt16(generator.next() % 64), target)
                }
            default: emitOne(&a, &generator)
            }
        }
        if ends, generator.next() % 4 != 0 { a.returnCells(30, 6) }
        return a.bytes
    }

    private static func emitOne(_ a: inout Assembler, _ generator: inout SeededGenerator) {
        let (opcode, letters) = ordered[Int(generator.next() % UInt64(ordered.count))]
        let isWide = !paired.contains(opcode) || generator.next() % 2 == 0
        let modeWidth = [0x39, 0x3a, 0x42, 0x43].contains(opcode) ? 2 : 1
        let modes = generator.next() % 6 == 0 ? generator.next() & 0xffff : 0
        var parts: [(UInt64, Int)] = [(modeWidth == 2 ? modes : modes & 0xff, modeWidth)]
        let width = isWide && opcode != 0x27 ? 2 : 1
        let kind = all[Int(generator.next() % 7)], integral = Self.integral[Int(generator.next() % 6)]
        for letter in letters {
            switch letter {
            case UInt8(ascii: "t"): parts.append((generator.next() % 20 == 0 ? 7 : generator.next() % 7, 1))
            case UInt8(ascii: "1")...UInt8(ascii: "8"): parts.append((letter == UInt8(ascii: "1") ? generator.next() % 13 : generator.next(), Int(letter - UInt8(ascii: "0"))))
            default:
                let wanted = letter == UInt8(ascii: "s") ? kind : letter == UInt8(ascii: "i") ? integral : letter
                let range = generator.next() % 40 == 0 ? 0..<200 : kinds[Int(wanted)]
                parts.append((UInt64.random(in: range, using: &generator), width))
            }
        }
        let hasForms = paired.contains(opcode)
        a.emit(hasForms && isWide ? opcode + 1 : opcode, parts)
    }
}
