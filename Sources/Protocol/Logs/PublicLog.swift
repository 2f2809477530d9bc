public import Bytes
public import Field
public import JSON

/// A log of a public function: 13 fields, of which the first `emittedLength` were emitted.
public struct PublicLog: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public static let size = ProtocolConstants.publicLogSizeInFields
    public static let byteCount = 452

    public var contractAddress: AztecAddress
    /// Always `size` elements.
    public private(set) var fields: [Fr]
    public var emittedLength: UInt32

    /// The log whose front is `emitted`, zero behind it.
    public init(contractAddress: AztecAddress, emitted: some Collection<Fr>) {
        precondition(emitted.count <= Self.size, "a public log has \(Self.size) fields")
        self.contractAddress = contractAddress
        fields = Array(emitted)
        fields.append(contentsOf: repeatElement(.zero, count: Self.size - emitted.count))
        emittedLength = UInt32(emitted.count)
    }

    public static let zero = PublicLog(contractAddress: .zero, emitted: [])

    public var tag: Fr { fields[0] }
    public var emittedFields: ArraySlice<Fr> { fields.prefix(Int(emittedLength)) }
    public var isEmpty: Bool { contractAddress.isZero && emittedLength == 0 && fields.allSatisfy(\.isZero) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        contractAddress = try AztecAddress(from: &reader)
        fields = try reader.readArray(count: Self.size, minimumElementBytes: 32)
        emittedLength = try reader.readUInt32("emitted length")
    }

    public func write(to writer: inout ByteWriter) {
        contractAddress.write(to: &writer)
        writer.writeAll(fields)
        writer.write(emittedLength)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(contractAddress.field)
        fields.append(contentsOf: self.fields)
        fields.append(Fr(UInt64(emittedLength)))
    }
}

extension PublicLog: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("contractAddress", contractAddress)
        writer.member("fields", fields)
        writer.member("emittedLength", emittedLength)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        contractAddress = try json.decode("contractAddress")
        fields = try json.decodeArray("fields", count: Self.size)
        emittedLength = try json.required("emittedLength").plainUInt32()
    }
}
