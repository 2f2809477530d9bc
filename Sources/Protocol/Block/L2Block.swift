public import Bytes
public import Field
public import JSON

/// A block: header, body, and the archive tree with the block's own leaf in it.
public struct L2Block: Hashable, Sendable, BinaryCodable {
    /// The archive after this block.
    public var archive: AppendOnlyTreeSnapshot
    public var header: BlockHeader
    public var body: Body

    public init(archive: AppendOnlyTreeSnapshot, header: BlockHeader, body: Body) {
        self.archive = archive
        self.header = header
        self.body = body
    }

    /// The block's number; nil when the header's field holds something that is no block number.
    public var number: UInt32? { header.blockNumber }

    /// Hash of the header.
    public func hash() -> Fr { header.hash() }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        header = try BlockHeader(from: &reader)
        archive = try AppendOnlyTreeSnapshot(from: &reader)
        body = try Body(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        header.write(to: &writer)
        archive.write(to: &writer)
        body.write(to: &writer)
    }
}

extension L2Block: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("archive", archive)
        writer.member("header", header)
        writer.member("body", body)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        archive = try json.decode("archive")
        header = try json.decode("header")
        body = try json.decode("body")
    }
}
