import Archive
import Blobs
import Configuration
import Field
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// The run: block after block, each printed when it is done.
struct ReplayCommand {
    let options: ReplayOptions

    private let execution: (any BlockExecution)?

    /// `execution` nil: in this process.
    init(_ options: ReplayOptions, execution: (any BlockExecution)? = nil) {
        self.options = options
        self.execution = execution
    }

    /// The exit code.
    func run() throws -> Int32 {
        let sources = try options.transactions.map { path -> any TransactionSource in try TransactionFile(path) }
        let given = try options.blocks.map(BlockFile.init)?.blocks
        let scratch = try TemporaryDirectory("replay")
        defer { withExtendedLifetime(scratch) {} }
        guard DataDirectory.hasChainDatabase(options.dataDirectory) else { throw ReplayError("\(options.dataDirectory) holds no chain database") }
        // As a secondary: the node may be running.
        let database = try Database(
            DataDirectory.chainDatabase(options.dataDirectory), mode: .secondary(scratch: scratch.path),
            columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
        guard let heights = try WorldStateView.status(of: database) else { throw ReplayError("\(options.dataDirectory) holds no world state") }
        let archive = Archive(database)
        let allowed = try options.setupAllowList.map { text throws(SetupAllowListError) in try SetupAllowList(parsing: text) } ?? .default
        var replay = BlockReplay(database, kzg: try KZG(), setupAllowList: options.validates ? allowed : nil)
        replay.execution = execution

        var summary = ReplaySummary()
        for number in try numbers(given, heights) {
            do {
                let result = try self.replay(number, given, archive, sources, replay)
                summary.add(result)
                Output.line(ReplayText.line(result))
                if let divergence = result.divergence { Output.line(ReplayText.lines(divergence)) }
            } catch {
                summary.failed += 1
                Output.error("block \(number) was not executed: \(error)")
            }
        }
        Output.line(ReplayText.line(summary))
        return summary.exitCode
    }

    /// Blocks to execute, in order.
    private func numbers(_ given: [UInt32: GivenBlock]?, _ heights: WorldStateStatus) throws(ReplayError) -> [UInt32] {
        // State before a block is there for genesis and from the oldest block kept on.
        let first = heights.oldest <= 1 ? 1 : heights.oldest + 1
        if let given {
            let numbers = given.keys.filter { $0 >= options.from ?? 0 && $0 <= options.to ?? .max }.sorted()
            guard !numbers.isEmpty else { throw ReplayError("the file of blocks holds none of those") }
            return numbers
        }
        guard heights.latest > 0 else { throw ReplayError("\(options.dataDirectory) holds no block yet") }
        let from = options.from ?? first, to = options.to ?? heights.latest
        guard from >= first else { throw ReplayError("--from \(from): the state before block \(first) is no longer kept") }
        guard from <= heights.latest, to <= heights.latest else { throw ReplayError("block \(max(from, to)) is not stored; the newest one is \(heights.latest)") }
        guard from <= to else { throw ReplayError("--to \(to): the state before block \(first) is no longer kept") }
        return Array(from...to)
    }

    private func replay(
        _ number: UInt32, _ given: [UInt32: GivenBlock]?, _ archive: Archive, _ sources: [any TransactionSource], _ replay: BlockReplay
    ) throws -> ReplayedBlock {
        let wanted = try given.map { $0[number] } ?? archive.block(UInt64(number)).map { GivenBlock(block: $0) }
        guard let wanted else { throw ReplayError(given == nil ? "the data directory does not hold it" : "the file of blocks does not hold it") }
        var txs: [Tx] = []
        for (index, effect) in wanted.block.body.txEffects.enumerated() {
            guard let tx = try transaction(effect.txHash, sources) else { throw ReplayError("its transaction \(index), \(effect.txHash.hex), is nowhere") }
            txs.append(tx)
        }
        // All at once, which is several times faster.
        for (index, (effect, hash)) in zip(wanted.block.body.txEffects, Tx.hashes(of: txs)).enumerated() where effect.txHash != hash {
            throw ReplayError("what is given for its transaction \(index), \(effect.txHash.hex), has the hash \(hash.hex)")
        }
        let messages = try wanted.messages ?? archive.messageLeaves(forBlock: UInt64(number))
        return try replay.replay(wanted.block, messages: messages, txs: txs)
    }

    private func transaction(_ hash: TxHash, _ sources: [any TransactionSource]) throws(ReplayError) -> Tx? {
        for source in sources {
            if let tx = try source.transaction(hash) { return tx }
        }
        return nil
    }
}
