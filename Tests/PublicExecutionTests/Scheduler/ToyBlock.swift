import Field
import FieldKit
import Protocol
import PublicExecution

/// Random transactions over a small state, and what they do, computed without any scheduler.
struct ToyBlock {
    struct ToyTx {
        var reads: [UInt64]
        var writes: [UInt64]
        var nullifier: UInt64
        /// Fails when what it read is a multiple of this; 0: never.
        var failsAt: UInt64
        var skipsAt: UInt64
        var notes: Int
        var gasLimit: UInt32
        var gas: UInt32
        var kind: UInt64
        var looksAt: UInt64?
        var publishes: UInt64?
        var readsNoteBeyond: Bool
        var millis: UInt64
        /// Kills its executor whenever it runs.
        var crashes: Bool
        var neverEnds: Bool
    }

    var txs: [ToyTx]
    var limits = BlockLimits()

    /// What committed transactions left behind.
    struct State {
        var slots: [Fr: Fr] = [:]
        var nullifiers: Set<Fr> = []
        var instances: [UInt64: Int] = [:]
        var count = 0

        mutating func commit(_ diff: TxDiff) {
            for write in diff.publicDataWrites { slots[write.leafSlot] = write.value }
            nullifiers.formUnion(diff.nullifiers)
            for instance in diff.contracts.instances { instances[instance.address.field.uint64!, default: 0] += 1 }
            count += 1
        }
    }

    func offer(_ index: Int) -> OfferedTx {
        OfferedTx(estimatedPrivateSize: 32, gasLimits: Gas(daGas: 0, l2Gas: txs[index].gasLimit), kind: txs[index].kind)
    }

    /// The transaction on top of `state`: everything it saw enters into what it writes.
    func run(_ index: Int, on state: State) -> TxVerdict {
        let tx = txs[index]
        var reads = ReadSet()
        var sum = Fr(UInt64(index + 1))
        for key in tx.reads {
            let slot = Fr(key)
            let value = state.slots[slot] ?? .zero
            reads.publicData[slot] = value
            sum = sum * Fr(31) + value
        }
        let nullifier = Fr(1_000_000 + tx.nullifier)
        let exists = state.nullifiers.contains(nullifier)
        reads.nullifiers[nullifier] = exists
        if exists { return .failed(reason: "nullifier", reads) }
        if let contract = tx.looksAt {
            reads.instances.insert(AztecAddress(Fr(contract)))
            sum += Fr(UInt64(state.instances[contract] ?? 0))
        }
        if tx.readsNoteBeyond {
            reads.noteHashes[UInt64(64 * (state.count + 2))] = .some(nil)
            reads.noteHashCount = UInt64(64 * state.count)
            sum += Fr(UInt64(state.count))
        }
        let low = UInt64(truncatingIfNeeded: sum.bytes.last!)
        if tx.failsAt > 0, low % tx.failsAt == 0 { return .failed(reason: "fails on \(low)", reads) }
        if tx.skipsAt > 0, low % tx.skipsAt == 0 { return .skipped(reason: "skips on \(low)", reads) }
        var diff = TxDiff()
        for key in tx.writes { diff.publicDataWrites.append(PublicDataWrite(leafSlot: Fr(key), value: sum + Fr(key))) }
        diff.nullifiers = [nullifier]
        diff.noteHashes = (0..<tx.notes).map { Fr(UInt64($0 + 1)) + sum }
        if let contract = tx.publishes { diff.contracts.instances.append(toyInstance(contract)) }
        var effect = TxEffect(txHash: TxHash(Fr(UInt64(index))))
        effect.nullifiers = diff.nullifiers
        effect.noteHashes = diff.noteHashes
        effect.publicDataWrites = diff.publicDataWrites
        let gas = GasUsed(totalGas: Gas(daGas: 0, l2Gas: tx.gas), teardownGas: .zero, publicGas: .zero, billedGas: .zero)
        return .executed(ExecutedTx(hash: effect.txHash, effect: effect, gasUsed: gas, diff: diff, readSet: reads))
    }

    /// Note 03 §14 written down as it stands: the result to reach.
    func sequential() -> ToyOutcome {
        var outcome = ToyOutcome()
        var state = State()
        var size = 0, gas: UInt64 = 0
        for index in txs.indices {
            if let limit = limits.maxTransactions, outcome.committed.count >= limit { break }
            if let limit = limits.maxBlockSize, size + 32 > limit {
                outcome.skipped.append(index)
                continue
            }
            if let limit = limits.maxBlockGas, gas + UInt64(txs[index].gasLimit) > limit.l2Gas {
                outcome.skipped.append(index)
                continue
            }
            if txs[index].crashes || txs[index].neverEnds {
                outcome.failed.append(index)
                continue
            }
            switch run(index, on: state) {
            case .failed: outcome.failed.append(index)
            case .skipped: outcome.skipped.append(index)
            case .executed(let tx):
                if let limit = limits.maxBlockSize, size + tx.effect.daSize > limit {
                    outcome.skipped.append(index)
                    continue
                }
                size += tx.effect.daSize
                gas += UInt64(tx.gasUsed.totalGas.l2Gas)
                state.commit(tx.diff)
                outcome.committed.append(index)
                outcome.effects.append(tx.effect)
            }
        }
        return outcome
    }
}

struct ToyOutcome: Equatable {
    var committed: [Int] = []
    var effects: [TxEffect] = []
    var failed: [Int] = []
    var skipped: [Int] = []

    init() {}

    init(_ outcome: BlockOutcome) {
        committed = outcome.committed.map(\.index)
        effects = outcome.committed.map(\.tx.effect)
        failed = outcome.failed.map(\.index)
        skipped = outcome.skipped.map(\.index)
    }
}

func toyInstance(_ address: UInt64) -> ContractInstanceWithAddress {
    let instance = ContractInstance(
        salt: .zero, deployer: .zero, currentContractClassId: .zero, originalContractClassId: .zero, initializationHash: .zero,
        publicKeys: .zero)
    return ContractInstanceWithAddress(instance: instance, address: AztecAddress(Fr(address)))
}

extension ToyBlock {
    /// `conflicts`: per cent of transactions that touch one of a few shared slots.
    static func random(_ count: Int, conflicts: Int, faults: Bool, using generator: inout some RandomNumberGenerator) -> ToyBlock {
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        var txs: [ToyTx] = []
        for index in 0..<count {
            let own = UInt64(10_000 + 4 * index)
            let isShared = chance(conflicts)
            let shared = UInt64.random(in: 1...3, using: &generator)
            txs.append(ToyTx(
                reads: [own] + (isShared ? [shared] : []), writes: [own] + (isShared ? [shared] : []),
                nullifier: chance(faults ? 5 : 0) ? UInt64.random(in: 1...5, using: &generator) : UInt64(1000 + index),
                failsAt: chance(faults ? 10 : 0) ? 2 : 0, skipsAt: chance(faults ? 10 : 0) ? 3 : 0,
                notes: Int.random(in: 0...20, using: &generator), gasLimit: 100, gas: UInt32.random(in: 10...100, using: &generator),
                kind: UInt64.random(in: 1...3, using: &generator),
                looksAt: chance(faults ? 10 : 0) ? UInt64.random(in: 1...3, using: &generator) : nil,
                publishes: chance(faults ? 5 : 0) ? UInt64.random(in: 1...3, using: &generator) : nil,
                readsNoteBeyond: chance(faults ? 3 : 0), millis: UInt64.random(in: 1...10, using: &generator),
                crashes: chance(faults ? 2 : 0), neverEnds: chance(faults ? 2 : 0)))
        }
        var block = ToyBlock(txs: txs)
        if faults {
            if chance(20) { block.limits.maxTransactions = Int.random(in: 1...max(1, count), using: &generator) }
            if chance(20) { block.limits.maxBlockSize = 32 * Int.random(in: 10...(15 * count + 10), using: &generator) }
            if chance(20) { block.limits.maxBlockGas = BlockGas(daGas: .max, l2Gas: UInt64.random(in: 100...UInt64(60 * count + 100), using: &generator)) }
        }
        return block
    }
}
