public import Bytes
public import Field
public import JSON

/// The chain a tx is for and its gas settings: 208 bytes, 10 fields.
public struct TxContext: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var chainId: Fr
    public var version: Fr
    public var gasSettings: GasSettings

    public static let byteCount = 208

    public init(chainId: Fr, version: Fr, gasSettings: GasSettings) {
        self.chainId = chainId
        self.version = version
        self.gasSettings = gasSettings
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        chainId = try Fr(from: &reader)
        version = try Fr(from: &reader)
        gasSettings = try GasSettings(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        chainId.write(to: &writer)
        version.write(to: &writer)
        gasSettings.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(chainId)
        fields.append(version)
        gasSettings.append(to: &fields)
    }
}

extension TxContext: JSONEncodable, JSONDecodable {
    /// In the reference's order, which is not that of the bytes.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("gasSettings", gasSettings)
        writer.member("chainId", chainId)
        writer.member("version", version)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        chainId = try json.decode("chainId")
        version = try json.decode("version")
        gasSettings = try json.decode("gasSettings")
    }
}
