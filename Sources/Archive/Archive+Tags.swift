import Bytes
import Field
import Protocol
import Storage

/// A private or public log found by its tag.
public enum TaggedLog: Equatable, Sendable {
    case privateLog(PrivateLog)
    case publicLog(PublicLog)
}

/// A log with its place, as `node_getLogsByTags` gives it (note 08 §2.2, TxScopedL2Log).
public struct TaggedLogEntry: Equatable, Sendable {
    public var txHash: TxHash
    /// Index in the note hash tree of the tx's first note hash.
    public var dataStartIndexForTx: UInt64
    /// Private and public logs count separately.
    public var logIndexInTx: Int
    public var blockNumber: UInt64
    public var log: TaggedLog
}

extension Archive {
    /// Logs whose first field is `tag`, in order of block and tx, private before public within a tx.
    public func logs(tag: Fr) throws(ArchiveError) -> [TaggedLogEntry] {
        var found: [TaggedLogEntry] = []
        try scan(tags, prefix: tag.bytes) { key, value throws(ArchiveError) in
            do {
                var place = ByteReader(key)
                try place.skip(32)
                let block = try place.readUInt64()
                _ = try place.readUInt32()
                let kind = try place.readUInt8()
                let position = Int(try place.readUInt32())
                var reader = ByteReader(value)
                let start = try reader.readUInt64("data start index")
                let hash = try TxHash(from: &reader)
                let log: TaggedLog = kind == ArchiveKey.TagKind.privateLog.rawValue
                    ? .privateLog(try PrivateLog(from: &reader)) : .publicLog(try PublicLog(from: &reader))
                found.append(TaggedLogEntry(txHash: hash, dataStartIndexForTx: start, logIndexInTx: position, blockNumber: block, log: log))
            } catch let error as DecodingError {
                throw ArchiveError.corrupt(what: "log tag \(tag)", error)
            } catch {
                preconditionFailure("decoders throw DecodingError only: \(error)")
            }
            return true
        }
        return found
    }

    private func eachTag(of block: L2Block, number: UInt64, _ body: (_ key: [UInt8], _ value: () -> [UInt8]) -> Void) {
        let effects = block.body.txEffects
        let notesPerTx = UInt64(ProtocolConstants.maxNoteHashesPerTx)
        let end = UInt64(block.header.state.partial.noteHashTree.nextAvailableLeafIndex)
        let start = end >= notesPerTx * UInt64(effects.count) ? end - notesPerTx * UInt64(effects.count) : 0
        for (position, effect) in effects.enumerated() {
            func value(_ log: some BinaryCodable) -> [UInt8] {
                bigEndian(start + notesPerTx * UInt64(position)) + effect.txHash.bytes + log.serialized
            }
            for (index, log) in effect.privateLogs.enumerated() {
                body(ArchiveKey.tag(log.tag, block: number, transaction: position, kind: .privateLog, log: index)) { value(log) }
            }
            for (index, log) in effect.publicLogs.enumerated() {
                body(ArchiveKey.tag(log.tag, block: number, transaction: position, kind: .publicLog, log: index)) { value(log) }
            }
        }
    }

    func putTags(of block: L2Block, number: UInt64, to batch: WriteBatch) {
        eachTag(of: block, number: number) { batch.put($0, $1(), in: tags) }
    }

    func deleteTags(of block: L2Block, number: UInt64, to batch: WriteBatch) {
        eachTag(of: block, number: number) { key, _ in batch.delete(key, in: tags) }
    }
}
