import Bytes
import AVM
public import ExecutionPool
import Field
import Hashing
public import Protocol
public import PublicExecution

/// A random block of real transactions: each calls one hand-written program that works for a while, adds up two slots and
/// writes them, and may revert, collide or be dropped. The same number gives the same block in every process.
public struct PoolBlock: Sendable {
    public struct Mix: Sendable {
        public var count = 64
        /// Per cent of transactions that use one of a few slots that all use.
        public var conflicts = 0
        /// Slots that those share.
        public var hotSlots: UInt64 = 1
        /// Reverts, collisions, repeated nullifiers, shared fee payers, tight limits.
        public var faults = false
        public var iterations: ClosedRange<UInt64> = 50...200

        public init() {}
    }

    public var txs: [Tx] = []
    public var hashes: [TxHash] = []
    public var limits = BlockLimits()

    public static let contract = AztecAddress(0x1000)
    static let classID: Fr = 0xc1a5
    static let payers: UInt64 = 100
    static let fees = GasFees(feePerDaGas: 0, feePerL2Gas: 34)
    /// Reading this slot kills whoever reads it; reading the other takes for ever.
    public static let deadlySlot: UInt64 = 0xdead
    public static let endlessSlot: UInt64 = 0xe4d

    public static var globals: GlobalVariables {
        var globals = GlobalVariables.zero
        globals.blockNumber = 7
        globals.gasFees = fees
        return globals
    }

    public init(seed: UInt64, _ mix: Mix) {
        var random = SplitMix(state: seed)
        var all: [Tx] = []
        for index in 0..<mix.count {
            func chance(_ percent: UInt64) -> Bool { mix.faults && random.next() % 100 < percent }
            let own = 0x10_0000 + UInt64(index)
            let isHot = random.next() % 100 < UInt64(mix.conflicts)
            let second = isHot ? 1 + random.next() % mix.hotSlots : own + 0x1000
            let action: UInt64 = chance(8) ? 1 : chance(8) ? 2 : 0
            let nullifier: UInt64 = chance(15) ? 1 + random.next() % 4 : 0
            let span = mix.iterations.upperBound - mix.iterations.lowerBound + 1
            let iterations = mix.iterations.lowerBound + random.next() % span
            let first = chance(5) ? 42_000 + random.next() % UInt64(mix.count) : 42_000 + UInt64(index)
            let payer = chance(10) ? 1 : 1 + UInt64(index) % Self.payers
            let isTwice = chance(10)
            let calldata = [Fr(0x5e1e), Fr(iterations), Fr(own), Fr(second), Fr(action), Fr(nullifier)]
            all.append(Self.transaction(calldata, nullifier: Fr(first), payer: payer, calls: isTwice ? 2 : 1))
        }
        append(all)
        guard mix.faults else { return }
        if random.next() % 5 == 0 { limits.maxTransactions = 1 + Int(random.next() % UInt64(mix.count)) }
        if random.next() % 5 == 0 { limits.maxBlockSize = 500 * (1 + Int(random.next() % UInt64(mix.count))) }
        if random.next() % 5 == 0 { limits.maxBlockGas = BlockGas(daGas: .max, l2Gas: 7_000_000 + 30_000 * (random.next() % UInt64(mix.count))) }
    }

    public mutating func append(_ tx: Tx) {
        txs.append(tx)
        hashes.append(tx.hash())
    }

    private mutating func append(_ all: [Tx]) {
        txs += all
        hashes += Tx.hashes(of: all)
    }

    /// One that reads `slot`.
    public static func reading(_ slot: UInt64, nullifier: Fr) -> Tx { transaction([2, 1, Fr(slot), Fr(slot), 0, 0], nullifier: nullifier, payer: 100, calls: 1) }

    static func transaction(_ calldata: [Fr], nullifier: Fr, payer: UInt64, calls: Int) -> Tx {
        let sender = AztecAddress(0x5e4d)
        let values = HashedValues(calldata: calldata)
        let request = PublicCallRequest(msgSender: sender, contractAddress: contract, isStaticCall: false, calldataHash: values.hash)
        var parts = PrivateTailForPublic()
        parts.nonRevertibleAccumulatedData.effects.nullifiers[0] = nullifier
        for place in 0..<calls { parts.revertibleAccumulatedData.publicCallRequests[place] = request }
        let settings = GasSettings(
            gasLimits: Gas(daGas: 100_000, l2Gas: 7_000_000), teardownGasLimits: .zero, maxFeesPerGas: GasFees(feePerDaGas: 56, feePerL2Gas: 78),
            maxPriorityFeesPerGas: GasFees(feePerDaGas: 0, feePerL2Gas: 7))
        let constants = TxConstantData(
            historicalHeader: .zero, txContext: TxContext(chainId: 1, version: 2, gasSettings: settings), vkTreeRoot: .zero, protocolContractTreeRoot: .zero)
        let data = PrivateKernelTailCircuitPublicInputs(
            constants: constants, rollupValidationRequests: RollupValidationRequests(), gasUsed: Gas(daGas: 2, l2Gas: 3), feePayer: AztecAddress(0x9000 + payer),
            destination: .forPublic(parts))
        return Tx(data: data, clientIvcProof: .empty, contractClassLogs: [], publicFunctionCalldata: [values])
    }

    public var request: PoolRequest {
        PoolRequest(globals: Self.globals, baseBlock: 6, validates: false, limits: limits)
    }

    public var poolTxs: [PoolTx] { zip(txs, hashes).map { PoolTx($0, hash: $1) } }

    /// One after the other in this thread.
    public func sequential() -> BlockOutcome { SequentialExecution().run(self, poolTxs.map(\.offer)) { index in (txs[index], hashes[index]) } }
}

/// What a process keeps that executes blocks one transaction after the other.
public final class SequentialExecution {
    private let source = PoolSource()
    private let executor = TransactionExecutor()

    public init() {}

    /// `tx`: a transaction and its hash, as late as possible: with what it costs to get them.
    public func run(_ block: PoolBlock, _ offers: [OfferedTx], tx: (Int) -> (Tx, TxHash)) -> BlockOutcome {
        let overlay = BlockOverlay(over: source.base, classes: source.classes)
        let processor = TxProcessor(globals: PoolBlock.globals, validator: nil, executor: executor)
        return SequentialProcessor(limits: block.limits).process(
            offers,
            execute: { index in
                let (tx, hash) = tx(index)
                do {
                    return .verdict(try processor.offer(tx, hash: hash, on: overlay))
                } catch { return .unavailable("\(error)") }
            }, commit: { overlay.commit($1.diff) })
    }
}

struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

extension BlockOutcome {
    /// Everything that must not depend on who executed.
    public var digest: [String] {
        committed.map { "\($0.index) \($0.tx.effect.serialized.count) \($0.tx.effect.serialized.hex) \($0.tx.gasUsed.totalGas.l2Gas) \($0.tx.gasUsed.billedGas.l2Gas)" }
            + failed.map { "failed \($0.index) \($0.reason)" } + skipped.map { "skipped \($0.index) \($0.reason)" } + ["\(stop) \(totalGas) \(totalSize)"]
    }
}
