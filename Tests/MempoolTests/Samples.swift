import Field
import Glibc
import Hashing
import Mempool
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import Testing

extension TemporaryDirectory {
    func open() throws -> Database { try Database(path + "/pool", mode: .primary, columnFamilies: PoolSchema.columnFamilies) }
}

/// Small transactions that differ in what a pool looks at.
enum Sample {
    static func header(_ block: UInt64, fork: UInt64 = 0) -> BlockHeader {
        var header = BlockHeader.zero
        header.globalVariables.blockNumber = Fr(block)
        header.totalFees = Fr(fork)
        return header
    }

    static func tx(
        nullifiers: [Fr], priority: (UInt64, UInt64) = (0, 0), payer: UInt64 = 0xfee, fees: UInt64 = 1, header: BlockHeader = header(0), lastBlock: UInt64? = nil,
        proofBytes: Int = 0
    ) -> Tx {
        let settings = GasSettings(
            gasLimits: Gas(daGas: 1_000, l2Gas: 1_000), teardownGasLimits: .zero, maxFeesPerGas: GasFees(feePerDaGas: 0, feePerL2Gas: Fr(fees)),
            maxPriorityFeesPerGas: GasFees(feePerDaGas: Fr(priority.0), feePerL2Gas: Fr(priority.1)))
        var end = PrivateToRollupAccumulatedData()
        end.nullifiers = PaddedList(nullifiers, capacity: 64)
        let limit = lastBlock.map { MaxBlockNumber(isSome: true, value: Fr($0)) } ?? .none
        let data = PrivateKernelTailCircuitPublicInputs(
            constants: TxConstantData(
                historicalHeader: header, txContext: TxContext(chainId: 31337, version: 7, gasSettings: settings),
                vkTreeRoot: ProtocolContracts.vkTreeRoot, protocolContractTreeRoot: ProtocolContracts.treeRoot),
            rollupValidationRequests: RollupValidationRequests(maxBlockNumber: limit), gasUsed: .zero, feePayer: AztecAddress(payer), destination: .forRollup(end))
        return Tx(data: data, clientIvcProof: ClientIvcProof([UInt8](repeating: 7, count: proofBytes)), contractClassLogs: [], publicFunctionCalldata: [])
    }

    /// Distinct ones, best first when priorities ascend with the number.
    static func hashed(_ count: Int, _ make: (Int) -> Tx) -> [HashedTransaction] { HashedTransaction.hashing((0..<count).map(make)) }

    static func slot(_ payer: UInt64) -> Fr { Siloing.feePayerBalanceLeafSlot(Fr(payer)) }
}

/// A chain of plain values, for gates and follower.
final class MemoryChain: FollowedChain, ChainView {
    struct Block {
        var hash: Fr
        var slot: UInt64
        var transactions: [TxHash] = []
        var nullifiers: [Fr] = []
        var balances: [Fr: Fr] = [:]
        var header: BlockHeader?
    }

    /// Block 1 first.
    var blocks: [Block] = []
    var genesisBalances: [Fr: Fr] = [:]
    var proven: UInt64 = 0
    var finalized: UInt64 = 0
    var readableFrom: UInt64 = 0
    var isGone = false
    private var made: UInt64 = 0

    var tip: UInt64 { UInt64(blocks.count) }
    var chainID: Fr { 31337 }
    var rollupVersion: Fr { 7 }
    var gasFees = GasFees.zero

    /// Adds the next block; its header differs from every other block's.
    @discardableResult
    func add(_ transactions: [TxHash] = [], nullifiers: [Fr] = [], balances: [Fr: Fr] = [:]) -> BlockHeader {
        made += 1
        let header = Sample.header(tip + 1, fork: made)
        blocks.append(Block(hash: header.hash(), slot: tip * 2, transactions: transactions, nullifiers: nullifiers, balances: balances, header: header))
        return header
    }

    func cut(to number: UInt64) { blocks.removeLast(blocks.count - Int(number)) }

    func tips() throws(ChainUnavailable) -> (latest: UInt64, proven: UInt64, finalized: UInt64) {
        if isGone { throw ChainUnavailable("gone") }
        return (tip, min(proven, tip), min(finalized, tip))
    }

    func blockHash(_ number: UInt64) throws(ChainUnavailable) -> Fr? {
        if isGone { throw ChainUnavailable("gone") }
        return number >= 1 && number <= tip ? blocks[Int(number) - 1].hash : nil
    }

    func minedBlock(_ number: UInt64) throws(ChainUnavailable) -> MinedBlock? {
        guard let hash = try blockHash(number) else { return nil }
        let block = blocks[Int(number) - 1]
        return MinedBlock(
            number: number, hash: hash, slot: block.slot, transactions: block.transactions, nullifiers: block.nullifiers, writtenSlots: Array(block.balances.keys))
    }

    func stateIfReadable(at block: UInt64) -> (any ExecutionBase)? { block >= readableFrom ? State(self, block) : nil }
    func state() throws(StateUnavailable) -> any ExecutionBase { try state(at: tip) }

    func state(at block: UInt64) throws(StateUnavailable) -> any ExecutionBase {
        guard !isGone, block >= readableFrom else { throw StateUnavailable("gone") }
        return State(self, block)
    }

    final class State: ExecutionBase {
        private var balances: [Fr: Fr]
        private var nullifiers: Set<Fr> = []
        private var headers: Set<Fr>

        init(_ chain: MemoryChain, _ number: UInt64) {
            balances = chain.genesisBalances
            headers = [Sample.header(0).hash()]
            for block in chain.blocks.prefix(Int(number)) {
                balances.merge(block.balances) { $1 }
                nullifiers.formUnion(block.nullifiers)
                headers.insert(block.hash)
            }
        }

        func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr { balances[leafSlot] ?? .zero }
        func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { nullifiers.contains(nullifier) }
        var noteHashCount: UInt64 { 0 }
        func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
        func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { nil }
        func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { headers.contains(headerHash) }
        func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? { nil }
        func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? { nil }
    }
}
