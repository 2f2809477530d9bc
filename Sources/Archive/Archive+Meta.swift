import Bytes
import Storage

extension Archive {
    public func syncPoint() throws(ArchiveError) -> L1SyncPoint? { try record(L1SyncPoint.self, ArchiveMeta.syncPoint, in: meta) }
    public func setSyncPoint(_ point: L1SyncPoint, to batch: WriteBatch) { batch.put(ArchiveMeta.syncPoint, point.serialized, in: meta) }

    public func l1Head() throws(ArchiveError) -> L1HeadFacts? { try record(L1HeadFacts.self, ArchiveMeta.head, in: meta) }
    public func setL1Head(_ head: L1HeadFacts, to batch: WriteBatch) { batch.put(ArchiveMeta.head, head.serialized, in: meta) }

    /// Whether all of L1 up to some head was applied once.
    public func isInitiallySynced() throws(ArchiveError) -> Bool { try bytes(ArchiveMeta.initialSyncDone, in: meta) != nil }
    public func setInitiallySynced(to batch: WriteBatch) { batch.put(ArchiveMeta.initialSyncDone, [1], in: meta) }
}
