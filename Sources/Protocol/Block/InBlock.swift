public import JSON

/// Something with the block it is in.
public struct InBlock<Value: Hashable & Sendable>: Hashable, Sendable {
    public var data: Value
    public var l2BlockNumber: Int
    public var l2BlockHash: String

    public init(data: Value, l2BlockNumber: Int, l2BlockHash: String) {
        self.data = data
        self.l2BlockNumber = l2BlockNumber
        self.l2BlockHash = l2BlockHash
    }
}

extension InBlock: JSONEncodable where Value: JSONEncodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("data", data)
        writer.member("l2BlockNumber", l2BlockNumber)
        writer.member("l2BlockHash", l2BlockHash)
        writer.endObject()
    }
}

extension InBlock: JSONDecodable where Value: JSONDecodable {
    public init(json: JSONElement) throws(JSONError) {
        data = try json.decode("data")
        l2BlockNumber = try json.required("l2BlockNumber").coercedInteger()
        l2BlockHash = try json.decode("l2BlockHash")
    }
}
