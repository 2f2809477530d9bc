import Blobs
import Bytes
import Field
import Glibc
import Protocol
public import PublicExecution
import Storage
import WorldState

/// Makes blocks of what was executed, on trees that hold the state below a `PoolBlock`.
public final class PoolChain {
    private let database: Database
    private let builder: BlockBuilder
    private let directory: String

    /// What must not depend on who executed.
    public struct Sealed: Equatable {
        /// The block as the protocol writes it.
        public var block: [UInt8]
        /// Roots of the trees with the block's effects applied, message tree first, archive last.
        public var roots: [String]
    }

    public init() throws {
        var template = Array("/tmp/quetzal-pool-trees-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StateUnavailable("no temporary directory") }
        directory = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        database = try Database(directory + "/chain", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState)
        _ = try WorldStateStore(database, genesis: GenesisState(prefilledPublicData: PoolBase.balances.sorted { $0.key < $1.key }.map { PublicDataWrite(leafSlot: $0.key, value: $0.value) }))
        builder = BlockBuilder(try KZG())
    }

    deinit {
        Self.empty(directory + "/chain")
        rmdir(directory)
    }

    private static func empty(_ directory: String) {
        guard let handle = opendir(directory) else { return }
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != ".", name != ".." { unlink(directory + "/" + name) }
        }
        closedir(handle)
        rmdir(directory)
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
