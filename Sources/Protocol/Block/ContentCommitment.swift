public import Bytes
public import Field
public import JSON

/// What a block commits to beside its state: see note 02 §7 for how each member is made. The three hashes are
/// truncated SHA-256 values, so their first byte is zero.
public struct ContentCommitment: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var numTxs: Fr
    public var blobsHash: Fr
    public var inHash: Fr
    public var outHash: Fr

    public init(numTxs: Fr, blobsHash: Fr, inHash: Fr, outHash: Fr) {
        self.numTxs = numTxs
        self.blobsHash = blobsHash
        self.inHash = inHash
        self.outHash = outHash
    }

    public static let zero = ContentCommitment(numTxs: .zero, blobsHash: .zero, inHash: .zero, outHash: .zero)

    public init(from reader: inout ByteReader) throws(DecodingError) {
        numTxs = try Fr(from: &reader)
        blobsHash = try Self.readHash(&reader, "blobsHash")
        inHash = try Self.readHash(&reader, "inHash")
        outHash = try Self.readHash(&reader, "outHash")
    }

    private static func readHash(_ reader: inout ByteReader, _ what: StaticString) throws(DecodingError) -> Fr {
        let start = reader.offset
        let bytes = try reader.read(32, what)
        guard bytes.first == 0, let value = Fr(canonical: bytes) else { throw DecodingError("\(what): first byte is not 0", at: start) }
        return value
    }

    public func write(to writer: inout ByteWriter) {
        numTxs.write(to: &writer)
        blobsHash.write(to: &writer)
        inHash.write(to: &writer)
        outHash.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(numTxs)
        fields.append(blobsHash)
        fields.append(inHash)
        fields.append(outHash)
    }
}

extension ContentCommitment: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("numTxs", numTxs)
        writer.key("blobsHash")
        writer.base64(blobsHash.bytes)
        writer.key("inHash")
        writer.base64(inHash.bytes)
        writer.key("outHash")
        writer.base64(outHash.bytes)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        numTxs = try json.decode("numTxs")
        blobsHash = try Self.hash(json.required("blobsHash"))
        inHash = try Self.hash(json.required("inHash"))
        outHash = try Self.hash(json.required("outHash"))
    }

    private static func hash(_ json: JSONElement) throws(JSONError) -> Fr {
        let bytes = try json.buffer()
        guard bytes.count == 32, bytes[0] == 0, let value = Fr(canonical: bytes) else {
            throw JSONError("a hash is 32 bytes of which the first is 0", at: json)
        }
        return value
    }
}
