import Bytes
import Field
import Protocol
import Storage

extension Archive {
    /// Number of the newest block; 0 before block 1.
    public func latestNumber() throws(ArchiveError) -> UInt64 { try number(ArchiveMeta.latest, in: meta) ?? 0 }

    /// Number of the newest proven block, never above the newest block.
    public func provenNumber() throws(ArchiveError) -> UInt64 {
        min(try number(ArchiveMeta.proven, in: meta) ?? 0, try latestNumber())
    }

    /// The number last recorded as proven; a proof may be known before its blocks.
    public func provenRecord() throws(ArchiveError) -> UInt64 { try number(ArchiveMeta.proven, in: meta) ?? 0 }

    func headerRecord(_ number: UInt64) throws(ArchiveError) -> HeaderRecord? {
        try record(HeaderRecord.self, ArchiveKey.block(number), in: headers)
    }

    func blockRecord(_ number: UInt64) throws(ArchiveError) -> BlockRecord? {
        try record(BlockRecord.self, ArchiveKey.block(number), in: blocks)
    }

    func body(of record: BlockRecord, _ number: UInt64) throws(ArchiveError) -> Body {
        do { return try record.body() } catch { throw .corrupt(what: "body of block \(number)", error) }
    }

    public func header(_ number: UInt64) throws(ArchiveError) -> BlockHeader? { try headerRecord(number)?.header }

    /// Header hash of a block: the archive leaf with the block's number.
    public func blockHash(_ number: UInt64) throws(ArchiveError) -> Fr? { try headerRecord(number)?.hash }

    /// The archive tree after a block.
    public func archiveSnapshot(_ number: UInt64) throws(ArchiveError) -> AppendOnlyTreeSnapshot? { try headerRecord(number)?.archive }

    public func l1Reference(_ number: UInt64) throws(ArchiveError) -> L1BlockReference? { try blockRecord(number)?.l1 }

    public func block(_ number: UInt64) throws(ArchiveError) -> L2Block? { try archivedBlock(number)?.block }

    /// The block with its L1 place and signatures.
    public func archivedBlock(_ number: UInt64) throws(ArchiveError) -> ArchivedBlock? {
        guard let head = try headerRecord(number), let row = try blockRecord(number) else { return nil }
        let body = try body(of: row, number)
        return ArchivedBlock(block: L2Block(archive: head.archive, header: head.header, body: body), l1: row.l1, signatures: row.signatures)
    }

    /// Number of the block with that header hash.
    public func blockNumber(ofHash hash: Fr) throws(ArchiveError) -> UInt64? { try number(ArchiveKey.header(hash: hash), in: index) }

    /// Block number and position of a settled tx.
    public func location(of transaction: TxHash) throws(ArchiveError) -> (block: UInt64, index: Int)? {
        let key = ArchiveKey.transaction(transaction.bytes)
        guard let bytes = try bytes(key, in: index) else { return nil }
        var reader = ByteReader(bytes)
        do { return (try reader.readUInt64(), Int(try reader.readUInt32())) } catch { throw .corrupt(what: "tx index \(transaction)", error) }
    }

    public func txEffect(_ transaction: TxHash) throws(ArchiveError) -> (effect: TxEffect, block: UInt64, blockHash: Fr, index: Int)? {
        guard let place = try location(of: transaction), let block = try block(place.block), let hash = try blockHash(place.block),
            place.index < block.body.txEffects.count
        else { return nil }
        return (block.body.txEffects[place.index], place.block, hash, place.index)
    }

    // MARK: Writing

    /// Adds the rows of the next block to `batch`.
    public func append(_ archived: ArchivedBlock, to batch: WriteBatch) throws(ArchiveError) {
        let latest = try latestNumber()
        guard let number = archived.block.number.map(UInt64.init), number == latest + 1 else {
            throw .refused("Cannot insert new block \(archived.block.number.map(String.init) ?? "without number") given previous block number in store is \(latest)")
        }
        let head = HeaderRecord(archived.block)
        batch.put(ArchiveKey.block(number), head.serialized, in: headers)
        batch.put(ArchiveKey.block(number), BlockRecord(archived).serialized, in: blocks)
        batch.put(ArchiveKey.header(hash: head.hash), bigEndian(number), in: index)
        for (position, effect) in archived.block.body.txEffects.enumerated() {
            batch.put(ArchiveKey.transaction(effect.txHash.bytes), bigEndian(number) + bigEndian(UInt32(position)), in: index)
        }
        putTags(of: archived.block, number: number, to: batch)
        try putContracts(of: archived.block, number: number, to: batch)
        batch.put(ArchiveMeta.latest, bigEndian(number), in: meta)
    }

    /// Adds to `batch` what takes the newest block away again; returns its number, nil when there is none.
    @discardableResult
    public func removeLatest(to batch: WriteBatch) throws(ArchiveError) -> UInt64? {
        let number = try latestNumber()
        guard number > 0 else { return nil }
        guard let block = try block(number), let hash = try blockHash(number) else { throw .corrupt(what: "block \(number)", DecodingError("it is missing")) }
        batch.delete(ArchiveKey.block(number), in: headers)
        batch.delete(ArchiveKey.block(number), in: blocks)
        batch.delete(ArchiveKey.header(hash: hash), in: index)
        for effect in block.body.txEffects { batch.delete(ArchiveKey.transaction(effect.txHash.bytes), in: index) }
        deleteTags(of: block, number: number, to: batch)
        try deleteContracts(of: block, number: number, to: batch)
        batch.put(ArchiveMeta.latest, bigEndian(number - 1), in: meta)
        if try self.number(ArchiveMeta.proven, in: meta) ?? 0 > number - 1 { setProven(number - 1, to: batch) }
        return number
    }

    public func setProven(_ number: UInt64, to batch: WriteBatch) { batch.put(ArchiveMeta.proven, bigEndian(number), in: meta) }
}
