import Bytes
public import Field
public import Protocol
public import Storage

/// Attestations by slot, archive root and signer («note 07 §11.2»): in memory, and in the pool database so that a
/// restarted proposer still has them. A later one of the same signer replaces the earlier.
///
/// The reference's has no limit. This one holds `maximumBytes`; beyond it the lowest slots go, the new one's own last.
/// For the thread of `TransactionPool`.
public final class AttestationPool {
    public struct Limits: Sendable {
        public var maximumBytes = 16 << 20

        public init() {}
    }

    private struct Item {
        var attestation: BlockAttestation
        var bytes: Int
    }

    private let database: Database
    private let family: ColumnFamily
    private let limits: Limits
    private var slots: [UInt64: [Fr: [EthAddress: Item]]] = [:]
    public private(set) var count = 0
    private var bytes = 0

    /// - Precondition: `database` is a primary and was opened with `PoolSchema.columnFamilies`.
    public init(_ database: Database, limits: Limits = Limits()) throws(PoolError) {
        self.database = database
        self.limits = limits
        family = database.columnFamily(PoolSchema.attestations)
        try load()
    }

    /// Memory from rows, after a batch that held changes of this pool was not written.
    func reload() throws(PoolError) { try load() }

    private func load() throws(PoolError) {
        slots = [:]
        count = 0
        bytes = 0
        do {
            var iterator = StorageIterator(family, fillCache: false)
            var found = try iterator.seekToFirst()
            while found {
                let value = iterator.value
                let key: Key
                let attestation: BlockAttestation
                do throws(DecodingError) {
                    key = try Key(exactly: iterator.key)
                    attestation = try BlockAttestation(exactly: value)
                } catch { throw PoolError.corrupt(what: "attestations", error) }
                put(attestation, at: key, bytes: value.count)
                found = try iterator.next()
            }
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as PoolError {
            throw error
        } catch {
            preconditionFailure("only storage and pool errors are thrown here: \(error)")
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// Those of a slot; with `archive` those of one proposal.
    public func attestations(slot: UInt64, archive: Fr? = nil) -> [BlockAttestation] {
        guard let proposals = slots[slot] else { return [] }
        let chosen = archive.map { [proposals[$0] ?? [:]] } ?? Array(proposals.values)
        return chosen.flatMap { $0.values.map(\.attestation) }
    }

    /// What its signature recovers to nobody of, or has a slot beyond 64 bits, is left out. Survives the death of this
    /// process, not of the machine: nobody was told that it is kept.
    public func add(_ attestations: [BlockAttestation]) throws(PoolError) {
        try add(attestations.compactMap { attestation in attestation.sender().map { (attestation, $0) } })
    }

    /// As above where the signer is known already, which saves a recovery each.
    public func add(_ attestations: [(attestation: BlockAttestation, signer: EthAddress)]) throws(PoolError) {
        let batch = WriteBatch()
        for (attestation, signer) in attestations {
            guard let slot = attestation.slotNumber.uint64 else { continue }
            let key = Key(slot: slot, archive: attestation.archive, signer: signer)
            let value = attestation.serialized
            guard value.count <= limits.maximumBytes else { continue }
            put(attestation, at: key, bytes: value.count)
            batch.put(key.serialized, value, in: family)
        }
        while bytes > limits.maximumBytes, let lowest = slots.keys.min() {
            if slots.count == 1 {
                dropHalf(of: lowest, to: batch)
            } else {
                drop(lowest, to: batch)
            }
        }
        try commit(batch)
    }

    /// Takes slots below `slot` away.
    public func deleteOlder(than slot: UInt64) throws(PoolError) {
        let batch = WriteBatch()
        deleteOlder(than: slot, to: batch)
        try commit(batch)
    }

    func deleteOlder(than slot: UInt64, to batch: WriteBatch) {
        for old in slots.keys where old < slot { drop(old, to: batch) }
    }

    private func commit(_ batch: WriteBatch) throws(PoolError) {
        guard batch.count > 0 else { return }
        do {
            try database.write(batch)
        } catch {
            try? load()
            throw .storage(error)
        }
    }

    private func put(_ attestation: BlockAttestation, at key: Key, bytes size: Int) {
        let before = slots[key.slot, default: [:]][key.archive, default: [:]].updateValue(Item(attestation: attestation, bytes: size), forKey: key.signer)
        bytes += size - (before?.bytes ?? 0)
        if before == nil { count += 1 }
    }

    private func drop(_ slot: UInt64, to batch: WriteBatch) {
        for (archive, signers) in slots.removeValue(forKey: slot) ?? [:] {
            for (signer, item) in signers { forget(Key(slot: slot, archive: archive, signer: signer), item, to: batch) }
        }
    }

    /// One slot alone fills everything: nothing of the kind comes from an honest committee.
    private func dropHalf(of slot: UInt64, to batch: WriteBatch) {
        let target = limits.maximumBytes / 2
        for (archive, signers) in slots[slot] ?? [:] {
            for (signer, item) in signers {
                guard bytes > target else { return }
                slots[slot]?[archive]?[signer] = nil
                forget(Key(slot: slot, archive: archive, signer: signer), item, to: batch)
            }
            slots[slot]?[archive] = nil
        }
    }

    private func forget(_ key: Key, _ item: Item, to batch: WriteBatch) {
        bytes -= item.bytes
        count -= 1
        batch.delete(key.serialized, in: family)
    }

    struct Key: BinaryCodable, Hashable {
        var slot: UInt64
        var archive: Fr
        var signer: EthAddress

        init(slot: UInt64, archive: Fr, signer: EthAddress) {
            self.slot = slot
            self.archive = archive
            self.signer = signer
        }

        init(from reader: inout ByteReader) throws(DecodingError) {
            slot = try reader.readUInt64("slot")
            archive = try Fr(from: &reader)
            signer = try EthAddress(from: &reader)
        }

        func write(to writer: inout ByteWriter) {
            writer.write(slot)
            archive.write(to: &writer)
            signer.write(to: &writer)
        }
    }
}
