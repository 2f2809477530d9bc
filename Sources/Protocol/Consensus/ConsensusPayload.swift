public import Bytes
public import Field
public import JSON

/// The block a proposer offers and validators attest to: 528 bytes and 32 a tx.
public struct ConsensusPayload: Hashable, Sendable, BinaryCodable {
    public var header: ProposedBlockHeader
    /// Archive root after the block.
    public var archive: Fr
    /// State after the block.
    public var stateReference: StateReference
    public var txHashes: [TxHash]

    public init(header: ProposedBlockHeader, archive: Fr, stateReference: StateReference, txHashes: [TxHash]) {
        self.header = header
        self.archive = archive
        self.stateReference = stateReference
        self.txHashes = txHashes
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        header = try ProposedBlockHeader(from: &reader)
        archive = try Fr(from: &reader)
        stateReference = try StateReference(from: &reader)
        let count = try reader.readCount(maximum: Int(UInt32.max), minimumElementBytes: 32, "tx hash count")
        txHashes = []
        txHashes.reserveCapacity(count)
        for _ in 0..<count { txHashes.append(try TxHash(from: &reader)) }
    }

    public func write(to writer: inout ByteWriter) {
        header.write(to: &writer)
        archive.write(to: &writer)
        stateReference.write(to: &writer)
        writer.write(UInt32(txHashes.count))
        for hash in txHashes { hash.write(to: &writer) }
    }

    /// Bytes of the binary form.
    public var size: Int { 528 + 32 * txHashes.count }
}

extension ConsensusPayload: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { write(to: &writer, printingSize: false) }

    /// The reference prints `size` too once it has serialized the payload.
    public func write(to writer: inout JSONWriter, printingSize: Bool) {
        writer.beginObject()
        writer.member("header", header)
        writer.member("archive", archive)
        writer.member("stateReference", stateReference)
        writer.member("txHashes", txHashes)
        if printingSize { writer.member("size", size) }
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        header = try json.decode("header")
        archive = try json.decode("archive")
        stateReference = try json.decode("stateReference")
        txHashes = try json.decodeArray("txHashes")
    }
}
