import Protocol
import PublicExecution

/// Sums over a run.
struct ReplaySummary {
    var blocks = 0
    var diverged = 0
    /// Blocks that could not be executed.
    var failed = 0
    var transactions = 0
    var l2Gas: UInt64 = 0
    var executionNanoseconds: UInt64 = 0
    var assemblyNanoseconds: UInt64 = 0

    mutating func add(_ block: ReplayedBlock) {
        blocks += 1
        if block.divergence != nil { diverged += 1 }
        transactions += block.transactions
        l2Gas += block.gasUsed.l2Gas
        executionNanoseconds += block.executionNanoseconds
        assemblyNanoseconds += block.assemblyNanoseconds
    }

    /// A difference weighs more than a gap. Nothing executed at all is no success.
    var exitCode: Int32 { diverged > 0 ? 1 : failed > 0 || blocks == 0 ? 2 : 0 }
}

/// What the command prints.
enum ReplayText {
    static func line(_ block: ReplayedBlock) -> String {
        "block \(block.number)  \(block.divergence == nil ? "ok" : "DIFFERS")  \(count(block.transactions, "tx")), "
            + "\(block.gasUsed.l2Gas) L2 gas, \(block.gasUsed.daGas) DA gas, \(block.instructions) instructions, "
            + "execution \(milliseconds(block.executionNanoseconds)), assembly \(milliseconds(block.assemblyNanoseconds))"
    }

    static func lines(_ divergence: Divergence) -> String {
        let place = divergence.tx.map { "transaction \($0) (\(divergence.hash?.hex ?? "")), " } ?? ""
        return "  \(place)\(divergence.field)\n    expected \(divergence.expected)\n    got      \(divergence.got)"
    }

    static func line(_ summary: ReplaySummary) -> String {
        let rate = summary.executionNanoseconds > 0 ? summary.l2Gas * 1_000 / summary.executionNanoseconds : 0
        return "\(count(summary.blocks, "block")) (\(count(summary.transactions, "tx"))) executed: \(summary.blocks - summary.diverged) ok, "
            + "\(summary.diverged) differ\(summary.failed > 0 ? "; \(summary.failed) could not be executed" : ""). "
            + "\(summary.l2Gas) L2 gas, execution \(milliseconds(summary.executionNanoseconds)) (\(rate) million L2 gas/s), "
            + "assembly \(milliseconds(summary.assemblyNanoseconds))"
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        let tenths = (nanoseconds + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) ms"
    }
}
