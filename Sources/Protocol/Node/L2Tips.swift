public import JSON

/// Heads of the chain: proposed, proven, and proven on a finalised L1 block.
public struct L2Tips: Hashable, Sendable {
    public var latest: L2BlockId
    public var proven: L2BlockId
    public var finalized: L2BlockId

    public init(latest: L2BlockId, proven: L2BlockId, finalized: L2BlockId) {
        self.latest = latest
        self.proven = proven
        self.finalized = finalized
    }
}

extension L2Tips: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("latest", latest)
        writer.member("proven", proven)
        writer.member("finalized", finalized)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        latest = try json.decode("latest")
        proven = try json.decode("proven")
        finalized = try json.decode("finalized")
    }
}
