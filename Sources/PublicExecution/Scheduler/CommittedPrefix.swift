import Field
import Protocol

/// What the transactions committed so far changed, each thing with the number of transactions committed when it was
/// changed last. Answers whether an execution on an older prefix still holds; knows nothing of the chain below.
public struct CommittedPrefix: Sendable {
    /// Transactions committed.
    public private(set) var count = 0
    private var publicData: [Fr: (value: Fr, version: Int)] = [:]
    private var nullifiers: [Fr: Int] = [:]
    private var instances: [AztecAddress: Int] = [:]
    private var classes: [Fr: Int] = [:]

    public init() {}

    public mutating func commit(_ diff: TxDiff) {
        count += 1
        for write in diff.publicDataWrites { publicData[write.leafSlot] = (write.value, count) }
        for nullifier in diff.nullifiers { nullifiers[nullifier] = count }
        for instance in diff.contracts.instances { instances[instance.address] = count }
        for published in diff.contracts.classes { classes[published.id] = count }
    }

    /// The number (from 1) of a committed transaction that makes the execution wrong which saw `reads` on the first
    /// `version` ones; nil when it would see the same now.
    public func conflict(of reads: ReadSet, executedAfter version: Int) -> Int? {
        precondition(version <= count)
        guard version < count else { return nil }
        // Any transaction makes the note hash tree grow: what was beyond the end may be there now.
        if reads.noteHashCount != nil || reads.noteHashes.contains(where: { $0.value == nil }) { return count }
        for (slot, value) in reads.publicData {
            if let now = publicData[slot], now.version > version, now.value != value { return now.version }
        }
        for (nullifier, wasThere) in reads.nullifiers where !wasThere {
            if let since = nullifiers[nullifier] { return since }
        }
        for address in reads.instances {
            if let since = instances[address], since > version { return since }
        }
        for id in reads.classes {
            if let since = classes[id], since > version { return since }
        }
        return nil
    }
}

extension TxDiff {
    /// Whether an execution that saw `reads` may see something else on top of this.
    func touches(_ reads: ReadSet) -> Bool {
        if reads.noteHashCount != nil || reads.noteHashes.contains(where: { $0.value == nil }) { return true }
        if publicDataWrites.contains(where: { write in reads.publicData[write.leafSlot].map { $0 != write.value } ?? false }) { return true }
        if nullifiers.contains(where: { reads.nullifiers[$0] == false }) { return true }
        return contracts.instances.contains { reads.instances.contains($0.address) } || contracts.classes.contains { reads.classes.contains($0.id) }
    }

    /// Whether an execution on top of this that saw `reads` saw anything of it.
    func feeds(_ reads: ReadSet) -> Bool {
        if publicDataWrites.contains(where: { reads.publicData[$0.leafSlot] != nil }) || nullifiers.contains(where: { reads.nullifiers[$0] != nil }) { return true }
        return contracts.instances.contains { reads.instances.contains($0.address) } || contracts.classes.contains { reads.classes.contains($0.id) }
    }
}
