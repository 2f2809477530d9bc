public import JSON

/// The list of snapshots a host offers for one rollup (note 08).
public struct SnapshotsIndex: Hashable, Sendable {
    public var l1ChainId: JSONNumber
    public var rollupVersion: JSONNumber
    public var rollupAddress: EthAddress
    public var snapshots: [SnapshotMetadata]

    public init(l1ChainId: JSONNumber, rollupVersion: JSONNumber, rollupAddress: EthAddress, snapshots: [SnapshotMetadata]) {
        self.l1ChainId = l1ChainId
        self.rollupVersion = rollupVersion
        self.rollupAddress = rollupAddress
        self.snapshots = snapshots
    }
}

extension SnapshotsIndex: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l1ChainId", l1ChainId)
        writer.member("rollupVersion", rollupVersion)
        writer.member("rollupAddress", rollupAddress)
        writer.member("snapshots", snapshots)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        l1ChainId = try json.decode("l1ChainId")
        rollupVersion = try json.decode("rollupVersion")
        rollupAddress = try json.decode("rollupAddress")
        snapshots = try json.decodeArray("snapshots")
    }
}
