import Blobs
import Bytes
import ConformanceKit
import Field
import Hashing
import JSON
import Protocol
import PublicExecution
import WorldState

/// The transactions of a recorded block through execution: what each becomes, and the block that comes of them.
struct BlockExecution {
    let root: JSONElement
    let file: String
    let chain: ChainUnderTest
    let classes: ClassCache

    private struct Offered {
        var tx: Tx
        var hash: TxHash
    }

    func run(_ block: L2Block, messages: [Fr], kzg: KZG, _ report: inout ConformanceReport) throws {
        let globals = block.header.globalVariables
        let parent = try chain.store.status.latest
        let overlay = BlockOverlay(over: try StoredBase(chain.database, at: parent, classes: classes), classes: classes)
        let processor = TxProcessor(globals: globals, validator: nil)
        let trees = try WorldStateFork(chain.database, at: parent)
        let processed = root["processed"]?.elements.map { $0 } ?? []
        let txs = try offered()
        var failure: (any Error)?
        var executedCount = 0
        let outcome = SequentialProcessor(limits: limits).process(txs.map { OfferedTx($0.tx) }) { index in
            do throws(TxUndecided) {
                return .verdict(try processor.offer(txs[index].tx, hash: txs[index].hash, on: overlay))
            } catch {
                return .unavailable("\(error)")
            }
        } commit: { index, result in
            do {
                if executedCount < processed.count {
                    try compare(txs[index].tx, result, processed[executedCount], globals, trees, index: executedCount, &report)
                }
            } catch {
                failure = failure ?? error
            }
            executedCount += 1
            overlay.commit(result.diff)
        }
        if let failure { throw failure }
        if case .unavailable(let reason) = outcome.stop { throw Vectors.Failure(reason) }
        let executed = outcome.committed.map(\.tx)
        let failed = outcome.failed.map { (hash: txs[$0.index].hash, reason: $0.reason) }
        if root["processed"] != nil {
            check("transactions executed", processed.map { $0["hash"]?.string ?? "" }.joined(separator: " "), executed.map(\.hash.hex).joined(separator: " "), &report)
        }
        let expected = root["failed"]?.elements.map { $0 } ?? []
        if root["failed"] != nil {
            check("transactions dropped", expected.map { $0["hash"]?.string ?? "" }.joined(separator: " "), failed.map(\.hash.hex).joined(separator: " "), &report)
        }
        for (expected, failed) in zip(expected, failed) {
            guard let message = expected["error"]?["message"]?.string else { continue }
            check("why \(failed.hash) is dropped", message, Self.trimmed(failed.reason), &report)
        }
        let built = try BlockBuilder(kzg).assemble(
            globals: globals, messages: messages, parts: executed.map { BlockBuilder.Part($0) }, on: WorldStateFork(chain.database, at: parent))
        check("block assembled, header", block.header.serialized.hex, built.header.serialized.hex, &report)
        check("block assembled", block.serialized.hex, built.serialized.hex, &report)
    }

    private var limits: BlockLimits {
        let json = root["limits"]
        return BlockLimits(
            maxTransactions: json?["maxTransactions"]?.int, maxBlockSize: json?["maxBlockSize"]?.int,
            maxBlockGas: json?["maxBlockGas"].map { BlockGas(daGas: UInt64($0["daGas"]?.int ?? 0), l2Gas: UInt64($0["l2Gas"]?.int ?? 0)) })
    }

    private func offered() throws -> [Offered] {
        try (root["txs"]?.elements.map { $0 } ?? []).map { element in
            guard let bytes = Hex.decode(try element.required("tx").requireString()) else { throw Vectors.Failure("tx is no hex string") }
            let tx = try Tx(exactly: bytes)
            return Offered(tx: tx, hash: tx.hash())
        }
    }

    /// The recording has messages without blanks at the end.
    private static func trimmed(_ message: String) -> String {
        String(message.prefix((message.lastIndex { $0 != " " }).map { message.distance(from: message.startIndex, to: $0) + 1 } ?? 0))
    }

    private func check(_ name: String, _ expected: String, _ got: String, _ report: inout ConformanceReport) {
        report.check(file: file, case: name, expected: expected, got: got)
    }

    // MARK: One transaction

    private func compare(
        _ tx: Tx, _ result: ExecutedTx, _ expected: JSONElement, _ globals: GlobalVariables, _ trees: WorldStateFork, index: Int,
        _ report: inout ConformanceReport
    ) throws {
        let name = "executed transaction \(index)"
        if let code = expected["revertCode"]?.int { check("\(name), revert code", "\(code)", "\(result.effect.revertCode.rawValue)", &report) }
        if let fee = expected["transactionFee"]?.string { check("\(name), fee", fee, result.effect.transactionFee.hex, &report) }
        if let gas = expected["gasUsed"] {
            let used = try GasUsed(json: gas)
            check("\(name), gas", "\(used)", "\(result.gasUsed)", &report)
        }
        if let effect = expected["txEffectHex"]?.string { check("\(name), effect by execution", effect, result.effect.serialized.hex, &report) }
        if let reason = expected["revertReason"]?.string {
            check("\(name), revert reason", reason, Self.trimmed(result.revertReason?.originalMessage ?? "none"), &report)
        }
        let start = try trees.snapshot().treeSnapshots
        try append(result.effect, to: trees)
        if let digest = expected["publicInputsSha256"]?.string {
            let inputs = AvmCircuitPublicInputs(tx, result, globals: globals, start: start, end: try trees.snapshot().treeSnapshots)
            check("\(name), public inputs", digest, Hex.encode(SHA256.hash(inputs.serialized)), &report)
        }
    }

    /// The transaction's changes as the processor's fork takes them: no messages, everything padded.
    private func append(_ effect: TxEffect, to fork: WorldStateFork) throws {
        try fork.apply(txs: [TxLeaves(effect)])
    }
}

extension WorldStateSnapshot {
    /// The state as the AVM's public inputs have it.
    var treeSnapshots: TreeSnapshots {
        let state = stateReference
        return TreeSnapshots(
            l1ToL2MessageTree: state.l1ToL2MessageTree, noteHashTree: state.partial.noteHashTree, nullifierTree: state.partial.nullifierTree,
            publicDataTree: state.partial.publicDataTree)
    }
}
