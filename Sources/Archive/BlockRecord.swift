import Bytes
import Field
import Protocol

/// Where and when L1 took a block.
public struct L1BlockReference: BinaryCodable, Hashable, Sendable {
    public var number: UInt64
    /// Seconds since 1970.
    public var timestamp: UInt64
    public var hash: Bytes32

    public init(number: UInt64, timestamp: UInt64, hash: Bytes32) {
        self.number = number
        self.timestamp = timestamp
        self.hash = hash
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        number = try reader.readUInt64("L1 block number")
        timestamp = try reader.readUInt64("L1 block time")
        hash = try Bytes32(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(number)
        writer.write(timestamp)
        hash.write(to: &writer)
    }
}

/// A block as it came from L1, ready to be archived.
public struct ArchivedBlock: Equatable, Sendable {
    public var block: L2Block
    public var l1: L1BlockReference
    /// One per committee seat, empty where the member did not sign.
    public var signatures: [Signature]

    public init(block: L2Block, l1: L1BlockReference, signatures: [Signature]) {
        self.block = block
        self.l1 = l1
        self.signatures = signatures
    }
}

/// Header row: everything about a block that is read without its body.
struct HeaderRecord: BinaryCodable {
    var header: BlockHeader
    var archive: AppendOnlyTreeSnapshot
    var hash: Fr

    init(_ block: L2Block) {
        header = block.header
        archive = block.archive
        hash = block.hash()
    }

    init(from reader: inout ByteReader) throws(DecodingError) {
        header = try BlockHeader(from: &reader)
        archive = try AppendOnlyTreeSnapshot(from: &reader)
        hash = try Fr(from: &reader)
    }

    func write(to writer: inout ByteWriter) {
        header.write(to: &writer)
        archive.write(to: &writer)
        hash.write(to: &writer)
    }
}

/// Body row. The effects are kept as their blob words: a third of the binary form, and decoded by the code that read
/// them from L1, so whatever L1 accepted can be read back.
struct BlockRecord: BinaryCodable {
    var l1: L1BlockReference
    var signatures: [Signature]
    var blobWords: [UInt8]

    static let maximumSignatures = 4096

    init(_ archived: ArchivedBlock) {
        l1 = archived.l1
        signatures = archived.signatures
        var fields: [Fr] = []
        for effect in archived.block.body.txEffects { effect.appendBlobFields(to: &fields) }
        var writer = ByteWriter(reserving: fields.count * 32)
        for field in fields { field.write(to: &writer) }
        blobWords = writer.bytes
    }

    init(from reader: inout ByteReader) throws(DecodingError) {
        l1 = try L1BlockReference(from: &reader)
        let count = try reader.readCount(maximum: Self.maximumSignatures, minimumElementBytes: Signature.byteCount, "signatures")
        signatures = []
        signatures.reserveCapacity(count)
        for _ in 0..<count { signatures.append(try Signature(from: &reader)) }
        blobWords = Array(try reader.read(reader.remaining))
    }

    func write(to writer: inout ByteWriter) {
        l1.write(to: &writer)
        writer.write(UInt32(signatures.count))
        for signature in signatures { signature.write(to: &writer) }
        writer.write(blobWords)
    }

    func body() throws(DecodingError) -> Body { try Body(blobWords: blobWords[...]) }
}
