public import JSON

/// The answer of `node_getWorldStateSyncStatus`.
public struct WorldStateSyncStatus: Hashable, Sendable {
    public var latestBlockNumber: Int
    /// Empty when unknown.
    public var latestBlockHash: String
    public var finalisedBlockNumber: Int
    public var oldestHistoricBlockNumber: Int
    public var treesAreSynched: Bool

    public init(latestBlockNumber: Int, latestBlockHash: String, finalisedBlockNumber: Int, oldestHistoricBlockNumber: Int, treesAreSynched: Bool) {
        self.latestBlockNumber = latestBlockNumber
        self.latestBlockHash = latestBlockHash
        self.finalisedBlockNumber = finalisedBlockNumber
        self.oldestHistoricBlockNumber = oldestHistoricBlockNumber
        self.treesAreSynched = treesAreSynched
    }
}

extension WorldStateSyncStatus: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("latestBlockNumber", latestBlockNumber)
        writer.member("latestBlockHash", latestBlockHash)
        writer.member("finalisedBlockNumber", finalisedBlockNumber)
        writer.member("oldestHistoricBlockNumber", oldestHistoricBlockNumber)
        writer.member("treesAreSynched", treesAreSynched)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        latestBlockNumber = try json.required("latestBlockNumber").plainNonNegative()
        latestBlockHash = try json.decode("latestBlockHash")
        finalisedBlockNumber = try json.required("finalisedBlockNumber").plainNonNegative()
        oldestHistoricBlockNumber = try json.required("oldestHistoricBlockNumber").plainNonNegative()
        treesAreSynched = try json.decode("treesAreSynched")
    }
}
