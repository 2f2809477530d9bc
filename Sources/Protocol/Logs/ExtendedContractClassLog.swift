public import Bytes
public import JSON

/// A contract class log with its place.
public struct ExtendedContractClassLog: Hashable, Sendable, BinaryCodable {
    public var id: LogId
    public var log: ContractClassLog

    public init(id: LogId, log: ContractClassLog) {
        self.id = id
        self.log = log
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        id = try LogId(from: &reader)
        log = try ContractClassLog(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        id.write(to: &writer)
        log.write(to: &writer)
    }
}

extension ExtendedContractClassLog: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id)
        writer.member("log", log)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        id = try json.decode("id")
        log = try json.decode("log")
    }
}
