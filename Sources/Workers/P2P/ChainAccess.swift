import Archive
import Configuration
import Field
import Mempool
import Protocol
import Storage
import WorldState

/// The archiver's database as this worker reads it, from the moment it exists.
struct ChainAccess {
    let chain: ArchiveChain
    let archive: Archive

    /// nil: the archiver has not made it yet.
    static func open(_ directory: String) throws -> ChainAccess? {
        guard DataDirectory.hasChainDatabase(directory) else { return nil }
        let scratch = directory + "/readers/p2p"
        try DataDirectory.create(scratch)
        let database = try Database(
            DataDirectory.chainDatabase(directory), mode: .secondary(scratch: scratch), columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
        return ChainAccess(chain: ArchiveChain(database), archive: Archive(database))
    }

    /// What this network calls itself; nil before the archiver has read the rollup.
    func versions() throws -> ComponentVersions? {
        guard let facts = try archive.facts() else { return nil }
        return ComponentVersions(
            l1ChainId: Int(clamping: facts.chainID), l1RollupAddress: facts.addresses.rollupAddress, rollupVersion: Int(clamping: facts.rollupVersion),
            l2ProtocolContractsTreeRoot: ProtocolContracts.treeRoot.hex, l2CircuitsVkTreeRoot: ProtocolContracts.vkTreeRoot.hex)
    }
}
