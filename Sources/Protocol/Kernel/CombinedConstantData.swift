public import Bytes
public import Field
public import JSON

/// The constants of a processed tx: those it was proven against and the globals of the block it runs in. 1,196 bytes,
/// 46 fields.
public struct CombinedConstantData: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var tx: TxConstantData
    public var globalVariables: GlobalVariables

    public static let byteCount = 1_196

    public init(tx: TxConstantData, globalVariables: GlobalVariables) {
        self.tx = tx
        self.globalVariables = globalVariables
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        tx = try TxConstantData(from: &reader)
        globalVariables = try GlobalVariables(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        tx.write(to: &writer)
        globalVariables.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        tx.append(to: &fields)
        globalVariables.append(to: &fields)
    }
}

extension CombinedConstantData: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("historicalHeader", tx.historicalHeader)
        writer.member("txContext", tx.txContext)
        writer.member("vkTreeRoot", tx.vkTreeRoot)
        writer.member("protocolContractTreeRoot", tx.protocolContractTreeRoot)
        writer.member("globalVariables", globalVariables)
        writer.endObject()
    }

    /// An object by member name, or the binary form as one hex string.
    public init(json: JSONElement) throws(JSONError) {
        if json.isString {
            self = try json.decodeBinary(json.lenientHexBytes())
            return
        }
        tx = TxConstantData(
            historicalHeader: try json.decode("historicalHeader"), txContext: try json.decode("txContext"),
            vkTreeRoot: try json.decode("vkTreeRoot"), protocolContractTreeRoot: try json.decode("protocolContractTreeRoot"))
        globalVariables = try json.decode("globalVariables")
    }
}
