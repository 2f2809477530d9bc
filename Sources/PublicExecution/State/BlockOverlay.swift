public import Field
public import Protocol

/// The transactions committed to the block being built, over the chain before it («architecture §4»). Grows by one
/// transaction at a time; one thread at a time. Whether an execution on an older prefix still holds is `CommittedPrefix`'s
/// question, which needs no state.
public final class BlockOverlay: ExecutionBase {
    /// The chain without the block.
    public let chain: any ExecutionBase
    /// The chain, or the overlay this is a layer of.
    private let below: any ExecutionBase
    /// Transactions committed so far.
    public private(set) var count = 0
    private let classCache: ClassCache
    private let firstNoteHash: UInt64
    private var publicData: [Fr: Fr] = [:]
    private var nullifiers: Set<Fr> = []
    /// Per transaction, without padding.
    private var noteHashes: [[Fr]] = []
    private var instances: [AztecAddress: ContractInstance] = [:]
    private var classes: [Fr: ContractClassPublic] = [:]

    /// The tree grows by this many leaves with every transaction («note 04 §4»).
    public static let noteHashesPerTx = UInt64(ProtocolConstants.maxNoteHashesPerTx)

    public init(over chain: any ExecutionBase, classes: ClassCache) {
        self.chain = chain
        below = chain
        classCache = classes
        firstNoteHash = chain.noteHashCount
    }

    private init(on overlay: BlockOverlay) {
        chain = overlay.chain
        below = overlay
        classCache = overlay.classCache
        firstNoteHash = overlay.noteHashCount
    }

    /// An empty overlay on top of this one, for transactions that may never be committed here. This one must not grow as
    /// long as it is in use.
    public func layer() -> BlockOverlay { BlockOverlay(on: self) }

    /// Puts the next transaction of the block on top.
    public func commit(_ diff: TxDiff) {
        precondition(diff.noteHashes.count <= Int(Self.noteHashesPerTx))
        for write in diff.publicDataWrites { publicData[write.leafSlot] = write.value }
        nullifiers.formUnion(diff.nullifiers)
        noteHashes.append(diff.noteHashes)
        // A later publication replaces an earlier one, as in the reference's cache.
        for instance in diff.contracts.instances {
            var current = instance.instance
            current.currentContractClassId = current.originalContractClassId
            instances[instance.address] = current
        }
        for published in diff.contracts.classes { classes[published.id] = published }
        count += 1
    }

    // MARK: Reads

    public func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr {
        if let written = publicData[leafSlot] { return written }
        return try below.publicData(leafSlot)
    }

    public func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool {
        if nullifiers.contains(nullifier) { return true }
        return try below.hasNullifier(nullifier)
    }

    public var noteHashCount: UInt64 { firstNoteHash + UInt64(count) * Self.noteHashesPerTx }

    public func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? {
        index < firstNoteHash ? try below.noteHash(at: index) : noteHashOfBlock(at: index)
    }

    private func noteHashOfBlock(at index: UInt64) -> Fr? {
        let (tx, place) = (index - firstNoteHash).quotientAndRemainder(dividingBy: Self.noteHashesPerTx)
        guard tx < UInt64(count) else { return nil }
        let leaves = noteHashes[Int(tx)]
        return place < UInt64(leaves.count) ? leaves[Int(place)] : .zero
    }

    public func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { try chain.l1ToL2Message(at: index) }
    public func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { try chain.isArchived(headerHash) }

    public func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? {
        if let published = instances[address] { return published }
        return try below.contractInstance(address)
    }

    public func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? {
        if let published = classes[id] { return classCache.executable(id, bytecode: published.packedBytecode) }
        return try below.contractClass(id)
    }
}
