import Archive
import Field
import Protocol
import Storage
import WorldState

/// What a stopped node has on disk, block by block.
struct ChainData {
    struct Block: Equatable {
        var archived: ArchivedBlock
        var hash: Fr
        var archive: AppendOnlyTreeSnapshot
        /// Of the five trees; nil where history is pruned.
        var trees: WorldStateSnapshot?
    }

    var blocks: [Block] = []
    var proven: UInt64

    init(directory: String) throws {
        let database = try Database(directory + "/chain", mode: .readOnly, columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
        let archive = Archive(database)
        proven = try archive.provenNumber()
        let status = try WorldStateView.status(of: database)
        let latest = try archive.latestNumber()
        guard UInt64(status?.latest ?? 0) == latest else { throw Stage.Failure("\(directory): blocks up to \(latest), trees up to \(status?.latest ?? 0)") }
        for number in 1...max(1, latest) where number <= latest {
            guard let block = try archive.archivedBlock(number), let hash = try archive.blockHash(number), let snapshot = try archive.archiveSnapshot(number) else {
                throw Stage.Failure("\(directory): block \(number) of \(latest) is missing")
            }
            let trees = UInt32(number) < (status?.oldest ?? 0) ? nil : try WorldStateView(database, at: UInt32(number)).snapshot()
            blocks.append(Block(archived: block, hash: hash, archive: snapshot, trees: trees))
        }
    }

    /// One line a difference.
    func differences(from other: ChainData) -> [String] {
        var lines: [String] = []
        if blocks.count != other.blocks.count { lines.append("\(blocks.count) blocks, expected \(other.blocks.count)") }
        if proven != other.proven { lines.append("proven \(proven), expected \(other.proven)") }
        for (index, (own, expected)) in zip(blocks, other.blocks).enumerated() where own != expected {
            let what = own.hash != expected.hash ? "hash" : own.archive != expected.archive ? "archive root" : own.trees != expected.trees ? "tree roots" : own.archived.l1 != expected.archived.l1 ? "L1 block" : "content"
            lines.append("block \(index + 1): another \(what)")
        }
        return lines
    }
}
