public import Blobs
public import Field
import Glibc
public import Protocol
public import Storage
import WorldState

/// A block that was executed again.
public struct ReplayedBlock: Sendable {
    public var number: UInt32
    /// Executed, in order; fewer than the block has when one diverged.
    public var transactions = 0
    /// Gas really used, teardown included.
    public var gasUsed: (daGas: UInt64, l2Gas: UInt64) = (0, 0)
    public var instructions = 0
    /// Validators and execution.
    public var executionNanoseconds: UInt64 = 0
    /// Trees, blobs, header.
    public var assemblyNanoseconds: UInt64 = 0
    /// nil: everything as the block says.
    public var divergence: Divergence?
}

/// Executes the transactions of a block somewhere else.
public protocol BlockExecution: AnyObject {
    /// On the state after block `base`, without limits. Returns when the block is done.
    func execute(_ txs: [Tx], hashes: [TxHash], globals: GlobalVariables, base: UInt32, validates: Bool) throws(StateUnavailable) -> BlockOutcome
}

/// Executes the transactions of finished blocks again, on the state before them, and compares everything that comes of
/// it with the block («note 03 §14–15», «note 06 §7»).
public struct BlockReplay {
    private let database: Database
    private let classes: ClassCache
    private let builder: BlockBuilder
    /// Every transaction of a block must pass the validators too; nil leaves them out.
    public var setupAllowList: SetupAllowList?
    /// nil: in this thread, one after the other.
    public var execution: (any BlockExecution)?

    /// The database holds trees and archive; it is only read.
    public init(_ database: Database, kzg: KZG, classes: ClassCache = ClassCache(), setupAllowList: SetupAllowList? = .default) {
        self.database = database
        self.classes = classes
        builder = BlockBuilder(kzg)
        self.setupAllowList = setupAllowList
    }

    /// - Parameters:
    ///   - messages: L1→L2 messages of the block, unpadded.
    ///   - txs: the block's transactions in its order.
    /// - Throws: when the state before the block cannot be read.
    public func replay(_ block: L2Block, messages: [Fr], txs: [Tx]) throws(StateUnavailable) -> ReplayedBlock {
        guard let number = block.number, number > 0 else { throw StateUnavailable("the block has no number") }
        precondition(txs.count == block.body.txEffects.count)
        if let execution { return try replay(block, number, messages, txs, by: execution) }
        var result = ReplayedBlock(number: number)
        let overlay = BlockOverlay(over: try StoredBase(database, at: number - 1, classes: classes), classes: classes)
        let globals = block.header.globalVariables
        let processor = TxProcessor(globals: globals, validator: setupAllowList.map { PreprocessValidator(globals: globals, setupAllowList: $0) })
        var parts: [BlockBuilder.Part] = []
        let start = Self.now()
        for (index, (tx, expected)) in zip(txs, block.body.txEffects).enumerated() {
            let executed: ExecutedTx
            switch try offer(tx, expected.txHash, to: processor, on: overlay) {
            case .executed(let done): executed = done
            case .failed(let reason, _), .skipped(let reason, _):
                result.divergence = Divergence(tx: index, hash: expected.txHash, field: "verdict", expected: "executed", got: reason)
                return result
            }
            result.transactions += 1
            result.gasUsed.daGas += UInt64(executed.gasUsed.totalGas.daGas)
            result.gasUsed.l2Gas += UInt64(executed.gasUsed.totalGas.l2Gas)
            result.instructions += executed.statistics.instructions
            if let divergence = Divergence.between(expected, executed.effect, tx: index) {
                result.divergence = divergence
                return result
            }
            overlay.commit(executed.diff)
            parts.append(BlockBuilder.Part(executed))
        }
        let executed = Self.now()
        result.executionNanoseconds = executed - start
        result.divergence = try assembly(block, messages, parts)
        result.assemblyNanoseconds = Self.now() - executed
        return result
    }

    private func replay(_ block: L2Block, _ number: UInt32, _ messages: [Fr], _ txs: [Tx], by execution: any BlockExecution) throws(StateUnavailable) -> ReplayedBlock {
        var result = ReplayedBlock(number: number)
        let start = Self.now()
        let outcome = try execution.execute(
            txs, hashes: block.body.txEffects.map(\.txHash), globals: block.header.globalVariables, base: number - 1, validates: setupAllowList != nil)
        result.executionNanoseconds = Self.now() - start
        if case .unavailable(let reason) = outcome.stop { throw StateUnavailable(reason) }
        let done = Dictionary(uniqueKeysWithValues: outcome.committed.map { ($0.index, $0.tx) })
        for (index, expected) in block.body.txEffects.enumerated() {
            guard let executed = done[index] else {
                let reason = (outcome.failed + outcome.skipped).first { $0.index == index }?.reason
                result.divergence = Divergence(tx: index, hash: expected.txHash, field: "verdict", expected: "executed", got: reason ?? "nothing")
                return result
            }
            result.transactions += 1
            result.gasUsed.daGas += UInt64(executed.gasUsed.totalGas.daGas)
            result.gasUsed.l2Gas += UInt64(executed.gasUsed.totalGas.l2Gas)
            result.instructions += executed.statistics.instructions
            if let divergence = Divergence.between(expected, executed.effect, tx: index) {
                result.divergence = divergence
                return result
            }
        }
        let executed = Self.now()
        result.divergence = try assembly(block, messages, outcome.committed.map { BlockBuilder.Part($0.tx) })
        result.assemblyNanoseconds = Self.now() - executed
        return result
    }

    private func offer(_ tx: Tx, _ hash: TxHash, to processor: TxProcessor, on overlay: BlockOverlay) throws(StateUnavailable) -> TxVerdict {
        do { return try processor.offer(tx, hash: hash, on: overlay) } catch {
            switch error {
            case .unavailable(let failure): throw failure
            case .interrupted: preconditionFailure("nobody interrupts a replay")
            }
        }
    }

    private func assembly(_ block: L2Block, _ messages: [Fr], _ parts: [BlockBuilder.Part]) throws(StateUnavailable) -> Divergence? {
        let fork: WorldStateFork
        do { fork = try WorldStateFork(database, at: (block.number ?? 1) - 1) } catch { throw StateUnavailable(error.description) }
        do {
            return Divergence.between(block, try builder.assemble(globals: block.header.globalVariables, messages: messages, parts: parts, on: fork))
        } catch {
            if case .state(let failure) = error.kind, failure.kind != .insertion { throw StateUnavailable(failure.description) }
            return Divergence(field: "assembly", expected: "a block", got: error.description)
        }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
