import Field
import Protocol

/// What the node's methods read: the chain database as it stands at one moment.
///
/// The node's reader is a RocksDB secondary; tests may bring their own. Numbers are L2 block numbers, 0 = genesis.
public protocol ChainReader: Sendable {
    /// Runs `body` while the database stands still: whatever it reads belongs together.
    func pinned<T>(_ body: () throws(RPCFailure) -> T) throws(RPCFailure) -> T
    /// Changes when anything that was readable may read differently.
    var generation: ChainGeneration { get }

    func latestNumber() throws(RPCFailure) -> Int
    func provenNumber() throws(RPCFailure) -> Int
    func block(_ number: Int) throws(RPCFailure) -> L2Block?
    func publishedBlock(_ number: Int) throws(RPCFailure) -> PublishedL2Block?
    func header(_ number: Int) throws(RPCFailure) -> BlockHeader?
    /// Header hash; of block 0 too.
    func blockHash(_ number: Int) throws(RPCFailure) -> Fr?
    /// Header of block 0.
    func initialHeader() throws(RPCFailure) -> BlockHeader

    func txEffect(_ hash: TxHash) throws(RPCFailure) -> (effect: TxEffect, block: Int, blockHash: Fr, index: Int)?
    /// Logs whose first field is `tag`, oldest first.
    func logs(tag: Fr) throws(RPCFailure) -> [TxScopedL2Log]

    func contractClass(_ id: Fr) throws(RPCFailure) -> (contractClass: ContractClassPublic, block: Int)?
    /// With the class that is current at block `number`.
    func contract(_ address: AztecAddress, at number: Int) throws(RPCFailure) -> ContractInstanceWithAddress?

    func l1ToL2MessageIndex(_ leaf: Fr) throws(RPCFailure) -> UInt64?

    /// L1 time of the head that was followed last, and the mana base fee at an L1 time, when known.
    func l1Timestamp() throws(RPCFailure) -> UInt64?
    func manaBaseFee(slot: UInt64) throws(RPCFailure) -> Fr?

    /// Heights of the world state: newest, finalised, oldest readable.
    func stateHeights() throws(RPCFailure) -> (latest: Int, finalised: Int, oldest: Int)
    /// The trees after block `number`.
    func state(at number: Int) throws(RPCFailure) -> any TreeReader
}

/// The five trees at one block.
public protocol TreeReader {
    func siblingPath(_ tree: MerkleTreeId, _ index: UInt64) throws(RPCFailure) -> SiblingPath
    func leafIndices(_ tree: MerkleTreeId, _ values: [Fr]) throws(RPCFailure) -> [UInt64?]
    /// The block that wrote each leaf.
    func blockNumbers(_ tree: MerkleTreeId, ofLeaves indices: [UInt64]) throws(RPCFailure) -> [Int?]
    func archiveLeaf(_ index: UInt64) throws(RPCFailure) -> Fr?
    /// The leaf of `key`, or the one before it.
    func lowNullifier(_ key: Fr) throws(RPCFailure) -> (index: UInt64, leaf: NullifierLeafPreimage)
    func lowPublicData(_ slot: Fr) throws(RPCFailure) -> (index: UInt64, leaf: PublicDataTreeLeafPreimage)
}

/// Two counters: answers about named blocks stay true until `history` moves (a reorg), all others until `head` does.
public struct ChainGeneration: Equatable, Sendable {
    public var history: UInt64
    public var head: UInt64

    public init(history: UInt64 = 0, head: UInt64 = 0) {
        self.history = history
        self.head = head
    }
}
