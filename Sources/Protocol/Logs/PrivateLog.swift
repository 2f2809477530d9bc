public import Bytes
public import Field
public import JSON

/// An encrypted log: 18 fields, of which the first is its tag and the first `emittedLength` were emitted.
public struct PrivateLog: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public static let size = ProtocolConstants.privateLogSizeInFields
    public static let byteCount = 580

    /// Always `size` elements.
    public private(set) var fields: [Fr]
    public var emittedLength: UInt32

    /// The log whose front is `emitted`, zero behind it.
    public init(emitted: some Collection<Fr>) {
        precondition(emitted.count <= Self.size, "a private log has \(Self.size) fields")
        fields = Array(emitted)
        fields.append(contentsOf: repeatElement(.zero, count: Self.size - emitted.count))
        emittedLength = UInt32(emitted.count)
    }

    public static let zero = PrivateLog(emitted: [])

    public var tag: Fr { fields[0] }
    public var emittedFields: ArraySlice<Fr> { fields.prefix(Int(emittedLength)) }
    /// Whether all fields are zero, whatever length is claimed.
    public var isEmpty: Bool { fields.allSatisfy(\.isZero) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        fields = try reader.readArray(count: Self.size, minimumElementBytes: 32)
        emittedLength = try reader.readUInt32("emitted length")
    }

    public func write(to writer: inout ByteWriter) {
        writer.writeAll(fields)
        writer.write(emittedLength)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(contentsOf: self.fields)
        fields.append(Fr(UInt64(emittedLength)))
    }
}

extension PrivateLog: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("fields", fields)
        writer.member("emittedLength", emittedLength)
        writer.endObject()
    }

    /// The only type whose unknown members are refused. Of too many fields the 19th is read as the length, as the
    /// reference does.
    public init(json: JSONElement) throws(JSONError) {
        let list: [Fr] = try json.decodeArray("fields")
        let length = try json.required("emittedLength").plainUInt32()
        for (key, value) in json.members where key != "fields" && key != "emittedLength" {
            throw JSONError("unknown member «\(key)»", at: value)
        }
        guard list.count >= Self.size else { throw JSONError("\(Self.size) fields are expected, \(list.count) given", at: json) }
        fields = Array(list.prefix(Self.size))
        emittedLength = length
        if list.count > Self.size {
            guard let claimed = list[Self.size].uint32 else { throw JSONError("the emitted length is not 32 bits", at: json) }
            emittedLength = claimed
        }
    }
}
