public import Bytes
public import Field
import Hashing
public import JSON

/// A log that publishes contract code. In a tx its first field is as emitted; in a tx effect it is siloed.
public struct ContractClassLog: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public static let byteCount = 36 + ContractClassLogFields.byteCount

    public var contractAddress: AztecAddress
    public var fields: ContractClassLogFields
    public var emittedLength: UInt32

    public init(contractAddress: AztecAddress, fields: ContractClassLogFields, emittedLength: UInt32) {
        self.contractAddress = contractAddress
        self.fields = fields
        self.emittedLength = emittedLength
    }

    public static let zero = ContractClassLog(contractAddress: .zero, fields: .zero, emittedLength: 0)

    public var tag: Fr { fields[0] }
    public var emittedFields: [Fr] { fields.prefix(Int(emittedLength)) }
    public var isEmpty: Bool { contractAddress.isZero && fields.isEmpty && emittedLength == 0 }

    /// Hash of the fields as they are.
    public func hash() -> Fr { fields.hash() }

    /// The log as a tx effect holds it: the first field hashed with the address. A log without address stays as it is.
    public func siloed() -> ContractClassLog {
        guard !contractAddress.isZero else { return self }
        var log = self
        log.fields = fields.replacingFirst(with: Poseidon2.hashPair(contractAddress.field, fields[0]))
        return log
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        contractAddress = try AztecAddress(from: &reader)
        fields = try ContractClassLogFields(from: &reader)
        emittedLength = try reader.readUInt32("emitted length")
    }

    public func write(to writer: inout ByteWriter) {
        contractAddress.write(to: &writer)
        fields.write(to: &writer)
        writer.write(emittedLength)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(contractAddress.field)
        self.fields.append(to: &fields)
        fields.append(Fr(UInt64(emittedLength)))
    }
}

extension ContractClassLog: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("contractAddress", contractAddress)
        writer.member("fields", fields)
        writer.member("emittedLength", emittedLength)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        contractAddress = try json.decode("contractAddress")
        fields = try json.decode("fields")
        emittedLength = try json.required("emittedLength").plainUInt32()
    }
}
