import Archive
import Bytes
import Field
import Protocol
import Storage
import Synchronization
import WorldState

/// `ChainReader` over the chain database: another process's, followed as a RocksDB secondary, or one's own in tests.
public final class DatabaseChain: ChainReader {
    /// Every column family of the chain database.
    public static var columnFamilies: [ColumnFamilyOptions] { ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState }

    public let database: Database
    let archive: Archive
    private let standstill = StandstillLock()
    private let moved: Mutex<Moved>

    /// What readers could see at the last catch-up, to tell what changed since.
    private struct Moved: Sendable {
        var generation = ChainGeneration()
        var latest = 0
        var latestHash: Fr?
        var proven = 0
        var finalised = 0
        var oldest = 0
    }

    public init(_ database: Database) throws(RPCFailure) {
        self.database = database
        archive = Archive(database)
        moved = Mutex(Moved())
        try look()
    }

    /// Opens the archiver's database in `path` as a secondary; `scratch` is a directory of this reader alone.
    public static func following(_ path: String, scratch: String, options: StorageOptions = StorageOptions()) throws -> DatabaseChain {
        try DatabaseChain(Database(path, mode: .secondary(scratch: scratch), columnFamilies: columnFamilies, options: options))
    }

    /// Takes in what the writer has written; waits for running requests. True when anything readable changed.
    @discardableResult
    public func catchUp() throws(RPCFailure) -> Bool {
        try standstill.moving { () throws(RPCFailure) -> Bool in
            do { try database.catchUp() } catch { throw .failed("\(error)") }
            let before = generation
            try look()
            return generation != before
        }
    }

    /// Compares heads with those seen before and moves the generation on.
    private func look() throws(RPCFailure) {
        let latest = try latestNumber()
        let hash = latest > 0 ? try blockHash(latest) : nil
        let proven = try provenNumber()
        let status = try heights()
        let old = moved.withLock { $0 }
        var sameHistory = old.latest == 0
        if !sameHistory, latest >= old.latest { sameHistory = try blockHash(old.latest) == old.latestHash }
        let sameHead = latest == old.latest && hash == old.latestHash && proven == old.proven
            && status.finalised == old.finalised && status.oldest == old.oldest
        moved.withLock { moved in
            moved.latest = latest
            moved.latestHash = hash
            moved.proven = proven
            moved.finalised = status.finalised
            moved.oldest = status.oldest
            if !sameHistory { moved.generation.history += 1 }
            if !sameHead { moved.generation.head += 1 }
        }
    }

    // MARK: ChainReader

    public func pinned<T>(_ body: () throws(RPCFailure) -> T) throws(RPCFailure) -> T { try standstill.reading(body) }

    public var generation: ChainGeneration { moved.withLock { $0.generation } }

    func read<T>(_ body: () throws(ArchiveError) -> T) throws(RPCFailure) -> T {
        do { return try body() } catch { throw .failed("\(error)") }
    }

    private func number(_ number: Int) -> UInt64? { number > 0 ? UInt64(number) : nil }

    public func latestNumber() throws(RPCFailure) -> Int { Int(try read { () throws(ArchiveError) in try archive.latestNumber() }) }
    public func provenNumber() throws(RPCFailure) -> Int { Int(try read { () throws(ArchiveError) in try archive.provenNumber() }) }

    public func block(_ number: Int) throws(RPCFailure) -> L2Block? {
        guard let number = self.number(number) else { return nil }
        return try read { () throws(ArchiveError) in try archive.block(number) }
    }

    public func publishedBlock(_ number: Int) throws(RPCFailure) -> PublishedL2Block? {
        guard let number = self.number(number), let found = try read({ () throws(ArchiveError) in try archive.archivedBlock(number) }) else { return nil }
        return PublishedL2Block(
            block: found.block, l1: L1PublishedData(blockNumber: found.l1.number, timestamp: found.l1.timestamp, blockHash: found.l1.hash.hex),
            signatures: found.signatures)
    }

    public func header(_ number: Int) throws(RPCFailure) -> BlockHeader? {
        guard let number = self.number(number) else { return nil }
        return try read { () throws(ArchiveError) in try archive.header(number) }
    }

    public func blockHash(_ number: Int) throws(RPCFailure) -> Fr? {
        guard number != 0 else { return try initialHeader().hash() }
        guard let number = self.number(number) else { return nil }
        return try read { () throws(ArchiveError) in try archive.blockHash(number) }
    }

    public func initialHeader() throws(RPCFailure) -> BlockHeader {
        var header = BlockHeader.zero
        header.state = try view(at: nil) { (view) throws(WorldStateError) in try view.initialStateReference() }
        return header
    }

    public func txEffect(_ hash: TxHash) throws(RPCFailure) -> (effect: TxEffect, block: Int, blockHash: Fr, index: Int)? {
        guard let found = try read({ () throws(ArchiveError) in try archive.txEffect(hash) }) else { return nil }
        return (found.effect, Int(found.block), found.blockHash, found.index)
    }

    public func logs(tag: Fr) throws(RPCFailure) -> [TxScopedL2Log] {
        try read { () throws(ArchiveError) in try archive.logs(tag: tag) }.map { entry in
            let log: TxScopedL2Log.Log
            switch entry.log {
            case .privateLog(let found): log = .privateLog(found)
            case .publicLog(let found): log = .publicLog(found)
            }
            return TxScopedL2Log(
                txHash: entry.txHash, dataStartIndexForTx: UInt32(clamping: entry.dataStartIndexForTx), logIndexInTx: UInt32(clamping: entry.logIndexInTx),
                blockNumber: UInt32(clamping: entry.blockNumber), log: log)
        }
    }

    public func contractClass(_ id: Fr) throws(RPCFailure) -> (contractClass: ContractClassPublic, block: Int)? {
        guard let found = try read({ () throws(ArchiveError) in try archive.contractClass(id) }) else { return nil }
        return (found.contractClass, Int(found.block))
    }

    public func contract(_ address: AztecAddress, at number: Int) throws(RPCFailure) -> ContractInstanceWithAddress? {
        try read { () throws(ArchiveError) in try archive.contractInstance(address, atBlock: UInt64(max(0, number))) }
    }

    public func l1ToL2MessageIndex(_ leaf: Fr) throws(RPCFailure) -> UInt64? {
        try read { () throws(ArchiveError) in try archive.messageIndex(ofLeaf: leaf) }
    }

    public func l1Timestamp() throws(RPCFailure) -> UInt64? { try read { () throws(ArchiveError) in try archive.l1Head() }?.timestamp }

    public func manaBaseFee(slot: UInt64) throws(RPCFailure) -> Fr? {
        let fees = try read { () throws(ArchiveError) in try archive.l1Head() }?.manaBaseFees.sorted { $0.slot < $1.slot } ?? []
        // The fee of a slot that was not asked for is the one of the nearest slot before it.
        return (fees.last { $0.slot <= slot } ?? fees.first)?.feePerL2Gas
    }

    // MARK: World state

    private func heights() throws(RPCFailure) -> (latest: Int, finalised: Int, oldest: Int) {
        do {
            guard let status = try WorldStateView.status(of: database) else { return (0, 0, 0) }
            return (Int(status.latest), Int(status.finalised), Int(status.oldest))
        } catch { throw .failed("\(error)") }
    }

    public func stateHeights() throws(RPCFailure) -> (latest: Int, finalised: Int, oldest: Int) { try heights() }

    public func state(at number: Int) throws(RPCFailure) -> any TreeReader {
        do { return DatabaseTrees(view: try WorldStateView(database, at: UInt32(clamping: number))) } catch { throw .failed("\(error)") }
    }

    private func view<T>(at number: UInt32?, _ body: (WorldStateView) throws(WorldStateError) -> T) throws(RPCFailure) -> T {
        do { return try body(WorldStateView(database, at: number)) } catch { throw .failed("\(error)") }
    }
}

/// The trees of one block in the database.
struct DatabaseTrees: TreeReader {
    let view: WorldStateView

    private func read<T>(_ body: () throws(WorldStateError) -> T) throws(RPCFailure) -> T {
        do { return try body() } catch { throw .failed("\(error)") }
    }

    private func id(_ tree: MerkleTreeId) -> TreeID {
        switch tree {
        case .nullifier: .nullifier
        case .noteHash: .noteHash
        case .publicData: .publicData
        case .l1ToL2Message: .l1ToL2Message
        case .archive: .archive
        }
    }

    func siblingPath(_ tree: MerkleTreeId, _ index: UInt64) throws(RPCFailure) -> SiblingPath {
        SiblingPath(try read { () throws(WorldStateError) in try view.siblingPath(id(tree), index) })
    }

    func leafIndices(_ tree: MerkleTreeId, _ values: [Fr]) throws(RPCFailure) -> [UInt64?] {
        try read { () throws(WorldStateError) in try view.leafIndices(id(tree), values) }
    }

    func blockNumbers(_ tree: MerkleTreeId, ofLeaves indices: [UInt64]) throws(RPCFailure) -> [Int?] {
        try read { () throws(WorldStateError) in try view.blockNumbers(id(tree), ofLeaves: indices) }.map { $0.map(Int.init) }
    }

    func archiveLeaf(_ index: UInt64) throws(RPCFailure) -> Fr? { try read { () throws(WorldStateError) in try view.leafValue(.archive, index) } }

    private func low(_ tree: TreeID, _ key: Fr) throws(RPCFailure) -> (index: UInt64, leaf: LeafPreimage) {
        try read { () throws(WorldStateError) in
            let index = try view.lowLeaf(tree, key).index
            guard let leaf = try view.leafPreimage(tree, index) else { preconditionFailure("the low leaf \(index) of \(tree) is in the tree") }
            return (index, leaf)
        }
    }

    func lowNullifier(_ key: Fr) throws(RPCFailure) -> (index: UInt64, leaf: NullifierLeafPreimage) {
        let (index, leaf) = try low(.nullifier, key)
        return (index, NullifierLeafPreimage(nullifier: leaf.key, nextKey: leaf.nextKey, nextIndex: leaf.nextIndex))
    }

    func lowPublicData(_ slot: Fr) throws(RPCFailure) -> (index: UInt64, leaf: PublicDataTreeLeafPreimage) {
        let (index, leaf) = try low(.publicData, slot)
        return (index, PublicDataTreeLeafPreimage(slot: leaf.key, value: leaf.value, nextIndex: leaf.nextIndex, nextKey: leaf.nextKey))
    }
}
