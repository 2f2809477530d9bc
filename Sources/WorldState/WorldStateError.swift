public import Storage

/// Why the world state refused or failed. Messages follow the reference's where they are visible outside («note 04 §5–§8»).
public struct WorldStateError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Equatable, Sendable {
        /// The database failed.
        case storage(StorageError)
        /// A stored record cannot be what was written.
        case corruptRecord
        /// The genesis data is impossible, or not that of the database.
        case genesis
        /// Leaves that may not be inserted: duplicate, present, no room.
        case insertion
        /// The block's content does not lead to the roots its header states.
        case stateMismatch
        /// The block is beyond the tip, pruned or unwound.
        case missingBlock
        /// There is no leaf at that place.
        case missingLeaf
        /// Unwind, finalise or prune that the rules forbid.
        case refused
        /// A checkpoint operation without a checkpoint.
        case noCheckpoint
        /// The fork's block was unwound or pruned, or the fork was closed.
        case forkNotFound
    }

    public var kind: Kind
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }

    static func corrupt(_ what: String) -> WorldStateError {
        WorldStateError(.corruptRecord, "world state record is corrupt: \(what)")
    }

    static func missingBlock(_ block: UInt32) -> WorldStateError {
        WorldStateError(.missingBlock, "Unable to get meta data for block \(block), failed to get block data.")
    }

    static let forkNotFound = WorldStateError(.forkNotFound, "Fork not found")
}

/// Runs a storage operation, turning its error into ours.
@inline(__always)
func storage<T>(_ body: () throws(StorageError) -> T) throws(WorldStateError) -> T {
    do { return try body() } catch { throw WorldStateError(.storage(error), error.description) }
}
