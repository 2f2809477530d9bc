public import Bytes
public import JSON

/// The tx effects of a block.
public struct Body: Hashable, Sendable, BinaryCodable {
    public var txEffects: [TxEffect]

    public init(txEffects: [TxEffect]) { self.txEffects = txEffects }

    public static let empty = Body(txEffects: [])

    /// Fewest bytes of a tx effect: code, hash, fee and seven counts.
    static let minimumEffectBytes = 72

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        txEffects = try reader.readVector(minimumElementBytes: Self.minimumEffectBytes, "tx effects")
        if txEffects.contains(where: \.isEmpty) { throw DecodingError("body: a tx effect has no nullifier", at: start) }
    }

    public func write(to writer: inout ByteWriter) { writer.writeVector(txEffects) }
}

extension Body: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("txEffects", txEffects)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        txEffects = try json.decodeArray("txEffects")
        if txEffects.contains(where: \.isEmpty) { throw JSONError("a tx effect has no nullifier", at: json) }
    }
}
