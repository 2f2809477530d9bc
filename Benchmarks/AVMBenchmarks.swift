import AVM
import Field
import Protocol
import WorstPrograms

/// The interpreter alone, over a world in memory that costs nothing: loops of the figures, and of the programs that mean
/// to take long with the 6 million gas of a transaction those that do (`execution-worst` has them all, with real state).
func avmBenchmarks() -> [BenchmarkRow] {
    var rows = AVMLoop.all.map { loop in
        let time = AVMBench().time(loop.bytecode)
        return BenchmarkRow(
            "avm", loop.name, Double(time.instructions) / time.nanoseconds * 1000, "M/s", target: loop.target, reference: loop.reference,
            lowerIsBetter: false)
    }
    var peak = 0
    for program in WorstPrograms.all where !program.isUnmetered {
        let bench = AVMBench()
        let time = bench.time(program.bytecode, arguments: program.arguments, runs: 2)
        peak = max(peak, bench.interpreter.peakMemoryByteCount)
        if time.nanoseconds > 20e6 { rows.append(BenchmarkRow("avm", program.name, time.nanoseconds / 1e6, "ms", target: 300)) }
    }
    rows.append(BenchmarkRow("avm", "cells of the most demanding of them", Double(peak) / 1e6, "MB", target: 150))
    return rows
}

private struct AVMLoop {
    var name: String
    var target: Double?
    var reference: String?
    var bytecode: [UInt8]

    init(_ name: String, target: Double? = nil, reference: String? = nil, _ build: (inout Bytecode) -> Void) {
        var code = Bytecode()
        build(&code)
        self.name = name
        self.target = target
        self.reference = reference
        bytecode = code.bytes
    }

    static let all = [
        AVMLoop("add-subtract loop, instructions", target: 45, reference: "1.4 M/s") { code in
            code.set(1, .u32, 7)
            code.set(2, .u32, 3)
            let start = code.here
            code.emit(0x00, [(0, 1), (1, 1), (2, 1), (3, 1)])
            code.emit(0x02, [(0, 1), (3, 1), (2, 1), (1, 1)])
            code.jumpIf(1, start)
        },
        AVMLoop("jump loop, jumps", target: 120, reference: "6.2 M/s") { $0.jump(0) },
        AVMLoop("field multiplication loop, instructions", reference: "1.4 M/s") { code in
            code.set(1, Fr(7))
            let start = code.here
            code.emit(0x04, [(0, 1), (1, 1), (1, 1), (1, 1)])
            code.jump(start)
        },
        // As compilers write it: relative to the stack pointer, through pointers, with constants.
        AVMLoop("compiled mix, instructions") { code in
            code.set(0, .u32, 100)
            code.set(101, .u32, 5)
            code.set(110, .u32, 104)
            let start = code.here
            code.emit(0x2d, [(0b1010, 1), (1, 1), (2, 1)])
            code.emit(0x00, [(0b100010, 1), (1, 1), (102, 1), (3, 1)])
            code.emit(0x27, [(2, 1), (3, 1), (4, 1), (7, 1)])
            code.emit(0x2d, [(0b1110, 1), (2, 1), (10, 1)])
            code.emit(0x2d, [(0b1011, 1), (10, 1), (2, 1)])
            code.set(102, .u32, 3)
            code.emit(0x0a, [(0b101010, 1), (2, 1), (3, 1), (4, 1)])
            code.emit(0x24, [(2, 1), (20, 2), (0, 4)])
            code.jump(start)
        },
    ]
}

/// Runs programs at one address, which may call themselves and the contracts of `WorstPrograms`.
final class AVMBench {
    let interpreter = Interpreter()
    private let host = EmptyWorld()
    private static let globals = GlobalVariables.zero

    /// Best of `runs`, decoded before.
    func time(_ bytecode: [UInt8], arguments: [Fr] = [], gas: UInt32 = 6_000_000, runs: Int = 7) -> (nanoseconds: Double, instructions: Int, ending: String) {
        let program = Program(bytecode)
        host.program = program
        let call = AVMCall(
            address: WorstPrograms.ownAddress, sender: AztecAddress(1), calldata: [0] + arguments, isStatic: false, transactionFee: .zero,
            gas: Gas(daGas: gas, l2Gas: gas))
        var best = Double.infinity
        var instructions = 0
        var ending = ""
        for _ in 0...runs {
            let start = Clock.thread.now()
            do {
                let outcome = try interpreter.run(call, program: program, globals: Self.globals, host: host) { false }
                instructions = outcome.instructions
                ending = outcome.revert?.message ?? "returned"
            } catch {
                ending = "\(error)"
            }
            best = min(best, Double(Clock.thread.now() - start))
        }
        return (best, instructions, ending)
    }
}

/// Holds nothing, keeps nothing.
private final class EmptyWorld: AVMHost {
    var program: Program?
    private let other = Program([0x3b, 0, 0, 1, 0, 1])

    func readStorage(_ contract: AztecAddress, slot: Fr) -> Fr { .zero }
    func writeStorage(_ contract: AztecAddress, slot: Fr, value: Fr) {}
    func noteHashExists(_ noteHash: Fr, at index: UInt64) -> Bool { false }
    func emitNoteHash(_ contract: AztecAddress, _ noteHash: Fr) {}
    func nullifierExists(_ contract: AztecAddress, _ nullifier: Fr) -> Bool { false }
    func emitNullifier(_ contract: AztecAddress, _ nullifier: Fr) {}
    func l1ToL2MessageExists(_ hash: Fr, at index: UInt64) -> Bool { false }
    func sendL2ToL1Message(_ contract: AztecAddress, recipient: EthAddress, content: Fr) {}
    func requirePublicLogRoom() {}
    func emitPublicLog(_ contract: AztecAddress, _ fields: [Fr]) {}
    func contractInstance(_ address: AztecAddress) -> ContractInstance? { nil }
    func program(of address: AztecAddress) -> Program? {
        if address == WorstPrograms.ownAddress { return program }
        guard let number = address.field.uint64, number >= WorstPrograms.firstContract else { return nil }
        return other
    }
    func fork() {}
    func merge() {}
    func reject() {}
}
