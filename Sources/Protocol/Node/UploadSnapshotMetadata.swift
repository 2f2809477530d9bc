public import JSON

/// What a node says about a snapshot it uploads.
public struct UploadSnapshotMetadata: Hashable, Sendable {
    public var l2BlockNumber: JSONNumber
    public var l2BlockHash: String
    public var l1BlockNumber: JSONNumber
    public var l1ChainId: JSONNumber
    public var rollupVersion: JSONNumber
    public var rollupAddress: EthAddress

    public init(
        l2BlockNumber: JSONNumber, l2BlockHash: String, l1BlockNumber: JSONNumber, l1ChainId: JSONNumber, rollupVersion: JSONNumber,
        rollupAddress: EthAddress
    ) {
        self.l2BlockNumber = l2BlockNumber
        self.l2BlockHash = l2BlockHash
        self.l1BlockNumber = l1BlockNumber
        self.l1ChainId = l1ChainId
        self.rollupVersion = rollupVersion
        self.rollupAddress = rollupAddress
    }
}

extension UploadSnapshotMetadata: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l2BlockNumber", l2BlockNumber)
        writer.member("l2BlockHash", l2BlockHash)
        writer.member("l1BlockNumber", l1BlockNumber)
        writer.member("l1ChainId", l1ChainId)
        writer.member("rollupVersion", rollupVersion)
        writer.member("rollupAddress", rollupAddress)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        l2BlockNumber = try json.decode("l2BlockNumber")
        l2BlockHash = try json.decode("l2BlockHash")
        l1BlockNumber = try json.decode("l1BlockNumber")
        l1ChainId = try json.decode("l1ChainId")
        rollupVersion = try json.decode("rollupVersion")
        rollupAddress = try json.decode("rollupAddress")
    }
}
