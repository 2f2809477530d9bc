public import Storage

/// The trees as they stood after one block, read from a primary or secondary database. Cheap to make; pins the block
/// number, not the files, so keep it as long as it is useful: once its block is unwound or pruned every read throws
/// `missingBlock`. May be used from several threads at once: its overlays are never written to.
public final class WorldStateView: WorldStateReader, @unchecked Sendable {
    /// `block` nil: the newest block the database has now. Block 0 is genesis.
    public init(_ database: Database, at block: UInt32? = nil) throws(WorldStateError) {
        let families = Families(database)
        guard let status = try families.status() else {
            throw WorldStateError(.missingBlock, "database \(database.path) has no world state yet")
        }
        try super.init(families, block: block ?? status.latest, keepsUndo: false)
    }

    /// Heights of the chain as the database has them now; nil before genesis is written.
    public static func status(of database: Database) throws(WorldStateError) -> WorldStateStatus? { try Families(database).status() }
}
