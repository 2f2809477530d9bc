import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// The world state of a recording: real trees, on which the effects of transactions are applied as a block would.
final class RecordedState {
    private let directory: TemporaryDirectory
    private let store: WorldStateStore
    let fork: WorldStateFork
    let contracts: RecordedContracts
    /// Answer to a question for a note hash behind the end of the tree (`FuzzRun.run`).
    var readsBehindTheEndAsZero = false
    /// Whether there was such a question.
    var wasReadBehindTheEnd = false

    init(_ contracts: RecordedContracts) throws {
        directory = try TemporaryDirectory("avm")
        store = try WorldStateStore(
            Database(directory.path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState), genesis: GenesisState())
        fork = try WorldStateFork(store.database)
        self.contracts = contracts
    }

    func snapshots() throws -> TreeSnapshots {
        let state = try fork.stateReference()
        return TreeSnapshots(
            l1ToL2MessageTree: state.l1ToL2MessageTree, noteHashTree: state.partial.noteHashTree, nullifierTree: state.partial.nullifierTree,
            publicDataTree: state.partial.publicDataTree)
    }

    func archive() throws -> AppendOnlyTreeSnapshot {
        let snapshot = try fork.snapshot(.archive)
        return AppendOnlyTreeSnapshot(root: snapshot.root, nextAvailableLeafIndex: UInt32(snapshot.size))
    }

    /// A `write` step.
    func write(_ step: JSONElement) throws {
        let leaves = try step.member("leaves").elements.map { try $0.bytes() }
        func field(_ bytes: ArraySlice<UInt8>) throws -> Fr {
            guard let field = Fr(canonical: bytes) else { throw Vectors.Failure("\(step.path): no field element") }
            return field
        }
        switch (try step.member("kind").text(), try step.member("tree").text()) {
        case ("sequentialInsert", "NULLIFIER_TREE"):
            try fork.sequentialInsertWithoutWitness(leaves.map { LeafValue(key: try field($0[...])) }, into: .nullifier)
        case ("sequentialInsert", "PUBLIC_DATA_TREE"):
            let values = try leaves.map { LeafValue(key: try field($0.prefix(32)), value: try field($0.dropFirst(32))) }
            try fork.sequentialInsertWithoutWitness(values, into: .publicData)
        case ("appendLeaves", "NOTE_HASH_TREE"): try fork.append(leaves.map { try field($0[...]) }, to: .noteHash)
        case ("appendLeaves", "L1_TO_L2_MESSAGE_TREE"): try fork.append(leaves.map { try field($0[...]) }, to: .l1ToL2Message)
        case (let kind, let tree): throw Vectors.Failure("\(step.path): \(kind) to \(tree)")
        }
    }

    /// Note hashes and nullifiers padded to 64, writes one after the other («note 04 §4»).
    func apply(_ diff: TxDiff) throws {
        let padding = ProtocolConstants.maxNoteHashesPerTx
        try fork.append(diff.noteHashes + [Fr](repeating: .zero, count: padding - diff.noteHashes.count), to: .noteHash)
        let nullifiers = diff.nullifiers.map { LeafValue(key: $0) } + [LeafValue](repeating: .empty, count: padding - diff.nullifiers.count)
        try fork.batchInsertWithoutWitness(nullifiers, into: .nullifier)
        try fork.sequentialInsertWithoutWitness(diff.publicDataWrites.map { LeafValue(key: $0.leafSlot, value: $0.value) }, into: .publicData)
    }
}

extension RecordedState: ExecutionBase {
    private func read<T>(_ body: () throws(WorldStateError) -> T) throws(StateUnavailable) -> T {
        do { return try body() } catch { throw StateUnavailable(error.description) }
    }

    func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr {
        try read { () throws(WorldStateError) in try fork.publicDataValue(leafSlot) }
    }

    func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool {
        try read { () throws(WorldStateError) in try fork.leaf(.nullifier, key: nullifier) != nil }
    }

    var noteHashCount: UInt64 { (try? fork.snapshot(.noteHash).size) ?? 0 }

    func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? {
        let leaf = try read { () throws(WorldStateError) in try fork.leafValue(.noteHash, index) }
        guard leaf == nil else { return leaf }
        wasReadBehindTheEnd = true
        return readsBehindTheEndAsZero ? .zero : nil
    }

    func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? {
        try read { () throws(WorldStateError) in try fork.leafValue(.l1ToL2Message, index) }
    }

    func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool {
        try read { () throws(WorldStateError) in try fork.leafIndices(.archive, [headerHash])[0] != nil }
    }

    func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? { contracts.instance(address) }
    func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? { contracts.contractClass(id) }
}
