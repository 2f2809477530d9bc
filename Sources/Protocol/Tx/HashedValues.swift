public import Bytes
public import Field
import Hashing
public import JSON

/// Calldata of a public call under its hash. The hash is the sender's claim: `isConsistent` checks it.
public struct HashedValues: Hashable, Sendable, BinaryCodable {
    public var values: [Fr]
    public var hash: Fr

    public init(values: [Fr], hash: Fr) {
        self.values = values
        self.hash = hash
    }

    /// Values with their right hash.
    public init(calldata values: [Fr]) { self.init(values: values, hash: Self.hash(ofCalldata: values)) }

    /// Zero for no calldata (note 02 §4).
    public static func hash(ofCalldata values: [Fr]) -> Fr {
        values.isEmpty ? .zero : Poseidon2.hash(values, separator: GeneratorIndex.publicCalldata)
    }

    public var isConsistent: Bool { Self.hash(ofCalldata: values) == hash }

    /// The reference's size: values and hash counted in fields, not bytes.
    public var size: Int { values.count + 1 }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        values = try Self.readValues(from: &reader)
        hash = try Fr(from: &reader)
    }

    static func readValues(from reader: inout ByteReader) throws(DecodingError) -> [Fr] {
        let count = try reader.readCount(maximum: Int(UInt32.max), minimumElementBytes: 32, "calldata count")
        var values: [Fr] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try Fr(from: &reader)) }
        return values
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt32(values.count))
        for value in values { value.write(to: &writer) }
        hash.write(to: &writer)
    }
}

extension HashedValues: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("values", values)
        writer.member("hash", hash)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        values = try json.decodeArray("values")
        hash = try json.decode("hash")
    }
}
