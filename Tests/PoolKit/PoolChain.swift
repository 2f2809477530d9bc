import Blobs
import Bytes
import Field
import Glibc
import Protocol
public import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// Makes blocks of what was executed, on trees that hold the state below a `PoolBlock`.
public final class PoolChain {
    private let database: Database
    private let builder: BlockBuilder
    private let directory: TemporaryDirectory

    /// What must not depend on who executed.
    public struct Sealed: Equatable {
        /// The block as the protocol writes it.
        public var block: [UInt8]
        /// Roots of the trees with the block's effects applied, message tree first, archive last.
        public var roots: [String]
    }

    public init() throws {
        directory = try TemporaryDirectory("pool-trees")
        database = try Database(directory.path + "/chain", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState)
        _ = try WorldStateStore(database, genesis: GenesisState(prefilledPublicData: PoolBase.balances.sorted { $0.key < $1.key }.map { PublicDataWrite(leafSlot: $0.key, value: $0.value) }))
        builder = BlockBuilder(try KZG())
    }

    public func seal(_ outcome: BlockOutcome) throws -> Sealed {
        let fork = try WorldStateFork(database)
        defer { try? fork.close() }
        var globals = PoolBlock.globals
        globals.blockNumber = 1
        let block = try builder.assemble(globals: globals, messages: [], parts: outcome.committed.map { BlockBuilder.Part($0.tx) }, on: fork)
        let state = try fork.stateReference()
        let trees = [state.l1ToL2MessageTree, state.partial.noteHashTree, state.partial.nullifierTree, state.partial.publicDataTree]
        return Sealed(block: block.serialized, roots: trees.map { "\($0.root) \($0.nextAvailableLeafIndex)" } + ["\(try fork.snapshot().archive.root)"])
    }
}
