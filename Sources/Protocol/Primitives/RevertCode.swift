public import Bytes
public import Field
public import JSON

/// How the public part of a tx ended.
public enum RevertCode: UInt8, Hashable, Sendable, CaseIterable, BinaryCodable, FieldEncodable, CustomStringConvertible {
    case ok = 0
    case appLogicReverted = 1
    case teardownReverted = 2
    case bothReverted = 3

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        let byte = try reader.readUInt8("revert code")
        guard let code = RevertCode(rawValue: byte) else { throw DecodingError("revert code: \(byte) is above 3", at: start) }
        self = code
    }

    public func write(to writer: inout ByteWriter) { writer.write(rawValue) }
    public func append(to fields: inout [Fr]) { fields.append(Fr(UInt64(rawValue))) }

    public var isOK: Bool { self == .ok }

    public var description: String {
        switch self {
        case .ok: "OK"
        case .appLogicReverted: "Application logic reverted"
        case .teardownReverted: "Teardown reverted"
        case .bothReverted: "Both reverted"
        }
    }
}

extension RevertCode: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(rawValue) }

    public init(json: JSONElement) throws(JSONError) {
        guard let number = json.double, let byte = UInt8(exactly: number), let code = RevertCode(rawValue: byte) else {
            throw JSONError("a revert code is 0, 1, 2 or 3", at: json)
        }
        self = code
    }
}
