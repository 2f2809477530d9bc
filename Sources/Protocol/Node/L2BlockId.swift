public import JSON

/// A block by number and hash. The genesis block is number 0 and has no hash here.
public struct L2BlockId: Hashable, Sendable {
    public var number: JSONNumber
    public var hash: String?

    public init(number: Int, hash: String?) {
        self.number = JSONNumber(number)
        self.hash = hash
    }

    public static let genesis = L2BlockId(number: 0, hash: nil)
}

extension L2BlockId: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("number", number)
        writer.member("hash", ifPresent: hash)
        writer.endObject()
    }

    /// Only number 0 may come without a hash.
    public init(json: JSONElement) throws(JSONError) {
        number = try json.decode("number")
        hash = try json.decodeIfPresent("hash")
        guard hash != nil || number.double == 0 else { throw JSONError("a block after genesis needs its hash", at: json) }
    }
}
