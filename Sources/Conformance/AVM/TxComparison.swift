import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution

/// Compares an executed transaction with what the reference got.
struct TxComparison {
    let file: String
    let name: String
    let expected: JSONElement

    func run(_ executed: ExecutedTx, _ report: inout ConformanceReport) throws {
        func check<T: Equatable>(_ what: String, _ expected: T, _ got: T) {
            report.check(file: file, case: "\(name): \(what)", expected: expected, got: got)
        }
        func check<T: Equatable>(_ what: String, _ expected: [T], _ got: [T]) {
            report.check(file: file, case: "\(name): \(what)", expected: expected, got: got)
        }
        let gas = try expected.member("gasUsed")
        check("revert code", try expected.member("revertCode").number(), Int(executed.effect.revertCode.rawValue))
        check("total gas", try gas.member("totalGas").gas(), executed.gasUsed.totalGas)
        check("public gas", try gas.member("publicGas").gas(), executed.gasUsed.publicGas)
        check("teardown gas", try gas.member("teardownGas").gas(), executed.gasUsed.teardownGas)
        check("billed gas", try gas.member("billedGas").gas(), executed.gasUsed.billedGas)
        check("fee", try expected.member("transactionFee").field(), executed.effect.transactionFee)
        check("effect", try expected.member("txEffectHex").bytes(), executed.effect.serialized)

        let calls = executed.phases.flatMap(\.calls)
        let recorded = try expected.member("enqueuedCalls").elements.map { $0 }
        check("L2 gas by call", try recorded.map { try $0.member("l2GasUsed").number() }, calls.map { Int($0.gasUsed.l2Gas) })
        check("instructions by call", try recorded.map { try $0.member("instructions").number() }, calls.map(\.instructions))
        check("reverted calls", recorded.map { $0["reverted"]?.bool == true }, calls.map(\.reverted))
        check("instructions", try expected.member("totalInstructions").number(), executed.statistics.instructions)

        let phases = try expected.member("phases").elements.map { $0 }
        check("phases", try phases.map { try $0.member("phase").text() }, executed.phases.map(\.phase.rawValue))
        check("reverted phases", phases.map { $0["reverted"]?.bool == true }, executed.phases.map(\.reverted))
        check(
            "return values", try phases.map { try $0.member("returnValues").elements.map { try $0.fields() } },
            executed.phases.map { $0.calls.map(\.output) })
        for (phase, got) in zip(phases, executed.phases) { compare(phase["revertReason"], got.revertReason, &report) }
        compare(expected["revertReason"], executed.revertReason, &report)
    }

    /// Of the reason the data and the failing contracts must agree, the words may differ.
    private func compare(_ expected: JSONElement?, _ got: SimulationError?, _ report: inout ConformanceReport) {
        guard let expected, !expected.isNull else {
            report.check(file: file, case: "\(name): revert reason", expected: nil, got: got)
            return
        }
        Messages.compare(expected["message"]?.string, got?.message, "\(file) [\(name)]", &report)
        let data = expected["revertData"]?.elements.map { (try? $0.field()) ?? .zero } ?? []
        report.check(file: file, case: "\(name): revert data", expected: data, got: got?.revertData ?? [])
        let stack = expected["functionErrorStack"]?.elements.map { $0["contractAddress"]?.string ?? "" } ?? []
        report.check(
            file: file, case: "\(name): failing contracts", expected: stack, got: got?.functionErrorStack.map(\.contractAddress.hex) ?? [])
    }
}
