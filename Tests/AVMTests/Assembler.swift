import AVM
import Bytes
import Field
import Protocol

/// Bytecode, instruction by instruction. Opcode bytes are written out: the tests are to notice a table that changed.
struct Assembler {
    var bytes: [UInt8] = []

    /// Parts of up to 64 bits with their widths in bytes.
    mutating func emit(_ opcode: UInt8, _ parts: [(UInt64, Int)]) {
        bytes.append(opcode)
        for (value, width) in parts {
            for byte in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
        }
    }

    /// An instruction of one mode byte and 16-bit words.
    mutating func wide(_ opcode: UInt8, modes: UInt8 = 0, _ words: UInt16...) {
        emit(opcode, [(UInt64(modes), 1)] + words.map { (UInt64($0), 2) })
    }

    /// An instruction of two mode bytes and 16-bit words.
    mutating func widest(_ opcode: UInt8, modes: UInt16 = 0, _ words: UInt16...) {
        emit(opcode, [(UInt64(modes), 2)] + words.map { (UInt64($0), 2) })
    }

    mutating func jump(_ target: Int) { emit(0x23, [(UInt64(target), 4)]) }
    mutating func jumpIf(_ condition: UInt16, _ target: Int) { emit(0x24, [(0, 1), (UInt64(condition), 2), (UInt64(target), 4)]) }
    mutating func internalCall(_ target: Int) { emit(0x25, [(UInt64(target), 4)]) }
    mutating func internalReturn() { emit(0x26, []) }

    /// The narrowest SET that holds it; the value is taken as it is.
    mutating func set(_ address: UInt16, _ tag: UInt8, _ value: UInt64) {
        switch value {
        case ...0xffff: emit(0x28, [(0, 1), (UInt64(address), 2), (UInt64(tag), 1), (value, 2)])
        case ...0xffff_ffff: emit(0x29, [(0, 1), (UInt64(address), 2), (UInt64(tag), 1), (value, 4)])
        default: set(address, tag, Limbs4(value, 0, 0, 0))
        }
    }

    /// SET_FF.
    mutating func set(_ address: UInt16, _ tag: UInt8, _ value: Limbs4) {
        emit(0x2c, [(0, 1), (UInt64(address), 2), (UInt64(tag), 1), (value.l3, 8), (value.l2, 8), (value.l1, 8), (value.l0, 8)])
    }

    mutating func set64(_ address: UInt16, _ tag: UInt8, _ value: UInt64) {
        emit(0x2a, [(0, 1), (UInt64(address), 2), (UInt64(tag), 1), (value, 8)])
    }

    /// Returns `count` cells from `address` on. Uses cell 60001.
    mutating func returnCells(_ address: UInt16, _ count: UInt16) {
        set(60001, 4, UInt64(count))
        wide(0x3b, 60001, address)
    }
}

/// The tags of the wire format.
enum T {
    static let field: UInt8 = 0, u1: UInt8 = 1, u8: UInt8 = 2, u16: UInt8 = 3, u32: UInt8 = 4, u64: UInt8 = 5, u128: UInt8 = 6
    static let names = ["FIELD", "UINT1", "UINT8", "UINT16", "UINT32", "UINT64", "UINT128"]
    static let bits = [0, 1, 8, 16, 32, 64, 128]
}

let ownAddress = AztecAddress(0xaa)

let testGlobals = GlobalVariables(
    chainId: 11, version: 12, blockNumber: 13, slotNumber: 14, timestamp: 15, coinbase: .zero, feeRecipient: .zero,
    gasFees: GasFees(feePerDaGas: 16, feePerL2Gas: 17))

/// How a program ended, in one word and what goes with it.
enum Ending: Equatable, CustomStringConvertible {
    case returned([Fr]), reverted([Fr]), halted(String), fatal, interrupted

    var description: String {
        switch self {
        case .returned(let fields): "returned \(fields.map(\.integer.decimal))"
        case .reverted(let fields): "reverted \(fields.map(\.integer.decimal))"
        case .halted(let message): "halted: \(message)"
        case .fatal: "fatal"
        case .interrupted: "interrupted"
        }
    }
}

struct Run {
    var ending: Ending
    var outcome: AVMOutcome?
}

func run(
    _ bytecode: [UInt8], calldata: [Fr] = [], gas: Gas = Gas(daGas: 1_000_000, l2Gas: 6_000_000), isStatic: Bool = false,
    fee: Fr = .zero, host: TestHost = TestHost(), interpreter: Interpreter = Interpreter(), isCancelled: () -> Bool = { false }
) -> Run {
    let call = AVMCall(
        address: ownAddress, sender: AztecAddress(0xbb), calldata: calldata, isStatic: isStatic, transactionFee: fee, gas: gas)
    do {
        let outcome = try interpreter.run(call, program: Program(bytecode), globals: testGlobals, host: host, isCancelled: isCancelled)
        return Run(ending: ending(outcome), outcome: outcome)
    } catch .interrupted {
        return Run(ending: .interrupted)
    } catch {
        return Run(ending: .fatal)
    }
}

private func ending(_ outcome: AVMOutcome) -> Ending {
    guard outcome.reverted else { return .returned(outcome.output) }
    guard outcome.output.isEmpty, let message = outcome.revert?.message, message != "Assertion failed: " else { return .reverted(outcome.output) }
    return .halted(message)
}

/// Assembles and runs.
func run(
    calldata: [Fr] = [], gas: Gas = Gas(daGas: 1_000_000, l2Gas: 6_000_000), isStatic: Bool = false, host: TestHost = TestHost(),
    _ build: (inout Assembler) -> Void
) -> Run {
    var assembler = Assembler()
    build(&assembler)
    return run(assembler.bytes, calldata: calldata, gas: gas, isStatic: isStatic, host: host)
}
