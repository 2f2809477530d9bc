import Bytes
import Field
import Protocol

/// What `status(n)` says (note 05 §9).
public struct RollupStatus: Hashable, Sendable {
    public var provenBlockNumber: UInt64
    public var provenArchive: Fr
    public var pendingBlockNumber: UInt64
    public var pendingArchive: Fr
    /// Archive the chain has for the block asked about; zero when it has none.
    public var archiveOfBlock: Fr
    public var provenEpochNumber: UInt64
}

/// The inbox's running totals.
public struct InboxState: Hashable, Sendable {
    /// 16 bytes.
    public var rollingHash: [UInt8]
    public var totalMessagesInserted: UInt64
    public var inProgress: UInt64
}

/// A block's log on L1.
public struct RollupBlockLog: Hashable, Sendable {
    public var archive: Fr
    public var headerHash: Fr
    public var slotNumber: UInt64
}

/// Typed reads of one rollup and its inbox.
public struct RollupContract: Hashable, Sendable {
    public var rollup: EthAddress
    public var inbox: EthAddress

    public init(rollup: EthAddress, inbox: EthAddress) {
        self.rollup = rollup
        self.inbox = inbox
    }

    public func status(_ block: UInt64) -> ViewCall<RollupStatus> {
        ViewCall(rollup, RollupFunctions.status, [.integer(UInt256(block))]) { values in
            guard let proven = values[0].uint64, let pending = values[2].uint64, let epoch = values[5].uint64,
                  let provenArchive = Self.field(values[1]), let pendingArchive = Self.field(values[3]), let archive = Self.field(values[4]) else { return nil }
            return RollupStatus(
                provenBlockNumber: proven, provenArchive: provenArchive, pendingBlockNumber: pending, pendingArchive: pendingArchive,
                archiveOfBlock: archive, provenEpochNumber: epoch)
        }
    }

    /// Zero for blocks the chain has not (any more).
    public func archive(at block: UInt64) -> ViewCall<Fr> {
        ViewCall(rollup, RollupFunctions.archiveAt, [.integer(UInt256(block))]) { Self.field($0[0]) }
    }

    /// Reverts above the pending block.
    public func block(_ number: UInt64) -> ViewCall<RollupBlockLog> {
        ViewCall(rollup, RollupFunctions.getBlock, [.integer(UInt256(number))]) { values in
            guard let members = values[0].list, let archive = Self.field(members[0]), let hash = Self.field(members[1]), let slot = members[2].uint64 else { return nil }
            return RollupBlockLog(archive: archive, headerHash: hash, slotNumber: slot)
        }
    }

    public func canPrune(at timestamp: UInt64) -> ViewCall<Bool> {
        ViewCall(rollup, RollupFunctions.canPruneAtTime, [.integer(UInt256(timestamp))]) { $0[0].bool }
    }

    public var inboxState: ViewCall<InboxState> {
        ViewCall(inbox, InboxFunctions.getState) { values in
            guard let members = values[0].list, let hash = members[0].bytes, let total = members[1].uint64, let inProgress = members[2].uint64 else { return nil }
            return InboxState(rollingHash: hash, totalMessagesInserted: total, inProgress: inProgress)
        }
    }

    /// Base fee of a unit of mana at a time, in the fee asset (the reference's «current base fees» use it).
    public func manaBaseFee(at timestamp: UInt64, inFeeAsset: Bool = true) -> ViewCall<UInt256> {
        .word(rollup, RollupFunctions.getManaBaseFeeAt, .integer(UInt256(timestamp)), .bool(inFeeAsset))
    }

    /// Of the epoch of a time, by seat; empty where an epoch has none (note 05 §3).
    public func committee(at timestamp: UInt64) -> ViewCall<[EthAddress]> {
        ViewCall(rollup, RollupFunctions.getCommitteeAt, [.integer(UInt256(timestamp))]) { values in
            guard let list = values[0].list else { return nil }
            let members = list.compactMap { $0.bytes.flatMap { EthAddress($0) } }
            return members.count == list.count ? members : nil
        }
    }

    /// What draws the proposers of that epoch's slots.
    public func sampleSeed(at timestamp: UInt64) -> ViewCall<UInt256> { .word(rollup, RollupFunctions.getSampleSeedAt, .integer(UInt256(timestamp))) }

    static func field(_ value: ABIValue) -> Fr? { value.bytes.flatMap { Fr(canonical: $0) } }

    // MARK: Events

    private static let followed = [
        L1EventDeclarations.l2BlockProposed, L1EventDeclarations.messageSent, L1EventDeclarations.l2ProofVerified, L1EventDeclarations.prunedPending,
    ].map(\.topic)

    /// All events of rollup and inbox that the follower uses, over a range of L1 blocks, in order: one request.
    @LoopActor public func events(in blocks: ClosedRange<UInt64>, from client: L1Client) async throws(L1Error) -> [L1Event] {
        let logs = try await client.logs([rollup, inbox], topics: Self.followed, in: blocks)
        var events: [L1Event] = []
        for log in logs {
            do throws(DecodingError) {
                guard let event = try L1Event(log: log) else { continue }
                // Each event counts only from the contract that owns it.
                if case .messageSent = event { guard log.address == inbox else { continue } } else { guard log.address == rollup else { continue } }
                events.append(event)
            } catch {
                throw L1Error(.inconsistent, method: "eth_getLogs", "log \(log.place.logIndex) of L1 block \(log.place.blockNumber) cannot be read: \(error)")
            }
        }
        return events
    }
}

/// Tells from a block's bloom filter whether it can hold events of the rollup or its inbox.
public struct RollupBloom: Hashable, Sendable {
    let rollup, inbox, proposed, message, proof, pruned: LogsBloom.Bits

    public init(_ contract: RollupContract) {
        rollup = LogsBloom.Bits(contract.rollup.bytes)
        inbox = LogsBloom.Bits(contract.inbox.bytes)
        proposed = LogsBloom.Bits(L1EventDeclarations.l2BlockProposed.topic)
        message = LogsBloom.Bits(L1EventDeclarations.messageSent.topic)
        proof = LogsBloom.Bits(L1EventDeclarations.l2ProofVerified.topic)
        pruned = LogsBloom.Bits(L1EventDeclarations.prunedPending.topic)
    }

    /// False only when the block has no such event for sure (a bloom filter has no false negatives).
    public func mayConcern(_ block: L1Block) -> Bool {
        guard let bloom = block.logsBloom else { return true }
        if bloom.mayContain(rollup), bloom.mayContain(proposed) || bloom.mayContain(proof) || bloom.mayContain(pruned) { return true }
        return bloom.mayContain(inbox) && bloom.mayContain(message)
    }
}
