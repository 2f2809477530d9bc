import Bytes
import Field
import Storage

extension Archive {
    /// The newest L1→L2 message.
    public func lastMessage() throws(ArchiveError) -> MessageRecord? {
        guard let index = try number(ArchiveMeta.lastMessage, in: meta) else { return nil }
        return try message(index)
    }

    public func message(_ index: UInt64) throws(ArchiveError) -> MessageRecord? {
        try record(MessageRecord.self, ArchiveKey.message(index), in: messages)
    }

    /// Global index of a message leaf; nil when the archiver does not know it.
    public func messageIndex(ofLeaf leaf: Fr) throws(ArchiveError) -> UInt64? { try number(ArchiveKey.messageLeaf(leaf), in: messages) }

    /// Leaves of the messages that block `number` takes in, unpadded, contiguous from the block's first index.
    public func messageLeaves(forBlock number: UInt64) throws(ArchiveError) -> [Fr] {
        guard number > 0 else { return [] }
        var leaves: [Fr] = []
        var expected = (number - 1) * MessageRecord.messagesPerBlock
        let end = expected + MessageRecord.messagesPerBlock
        try scan(messages, prefix: [UInt8(ascii: "m")], from: ArchiveKey.message(expected)) { key, value throws(ArchiveError) in
            let record = try Self.decode(MessageRecord.self, value, what: "L1 to L2 message \(key.hex)")
            guard record.index < end else { return false }
            guard record.index == expected else {
                throw .refused("L1 to L2 messages of block \(number) are not contiguous: index \(expected) is missing")
            }
            leaves.append(record.leaf)
            expected += 1
            return true
        }
        return leaves
    }

    /// Adds a message; the caller has checked that it may follow the last one.
    public func put(_ message: MessageRecord, to batch: WriteBatch) {
        batch.put(ArchiveKey.message(message.index), message.serialized, in: messages)
        batch.put(ArchiveKey.messageLeaf(message.leaf), bigEndian(message.index), in: messages)
        batch.put(ArchiveMeta.lastMessage, bigEndian(message.index), in: meta)
    }

    /// Overwrites a stored message with the same content from another L1 block; the last message stays the last.
    public func replace(_ message: MessageRecord, to batch: WriteBatch) {
        batch.put(ArchiveKey.message(message.index), message.serialized, in: messages)
    }

    /// Removes messages from the newest downwards while `condition` holds; returns how many.
    @discardableResult
    public func removeMessages(to batch: WriteBatch, while condition: (MessageRecord) -> Bool) throws(ArchiveError) -> Int {
        guard let last = try number(ArchiveMeta.lastMessage, in: meta) else { return 0 }
        var removed = 0
        var newest: UInt64?
        do {
            var iterator = StorageIterator(messages, lowerBound: [UInt8(ascii: "m")], upperBound: [UInt8(ascii: "m") + 1])
            let lastKey = ArchiveKey.message(last)
            var found = try iterator.seekForPrevious(lastKey.span)
            while found {
                let record = try Self.decode(MessageRecord.self, iterator.value, what: "L1 to L2 message \(iterator.key.hex)")
                guard condition(record) else {
                    newest = record.index
                    break
                }
                batch.delete(ArchiveKey.message(record.index), in: messages)
                batch.delete(ArchiveKey.messageLeaf(record.leaf), in: messages)
                removed += 1
                found = try iterator.previous()
            }
        } catch let error as StorageError {
            throw .storage(error)
        } catch let error as ArchiveError {
            throw error
        } catch {
            preconditionFailure("only storage and archive errors are thrown here: \(error)")
        }
        guard removed > 0 else { return 0 }
        if let newest { batch.put(ArchiveMeta.lastMessage, bigEndian(newest), in: meta) } else { batch.delete(ArchiveMeta.lastMessage, in: meta) }
        return removed
    }
}
