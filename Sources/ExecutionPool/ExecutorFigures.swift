import Protocol
import PublicExecution

/// What an executor did, for metrics.
public struct ExecutorFigures: Sendable {
    public var runs: UInt64 = 0
    public var failures: UInt64 = 0
    public var reverts: UInt64 = 0
    public var interrupted: UInt64 = 0
    public var instructions: UInt64 = 0
    public var nanoseconds: UInt64 = 0
    public var gas: UInt64 = 0
    /// Executions by opcode byte.
    public var opcodes = [UInt64](repeating: 0, count: 256)

    public init() {}

    mutating func count(_ tx: Tx, _ verdict: TxVerdict) {
        runs += 1
        guard case .executed(let executed) = verdict else {
            failures += 1
            return
        }
        if !executed.effect.revertCode.isOK { reverts += 1 }
        instructions += UInt64(clamping: executed.statistics.instructions)
        nanoseconds += executed.statistics.nanoseconds
        gas += UInt64(executed.gasUsed.totalGas.l2Gas)
        for (opcode, count) in executed.statistics.opcodes.enumerated() where opcode < 256 { opcodes[opcode] += count }
    }
}
