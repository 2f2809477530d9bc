public import JSON

/// A block as L1 has it, with the committee's signatures: one for each member, empty where a member did not sign.
public struct PublishedL2Block: Hashable, Sendable {
    public var block: L2Block
    public var l1: L1PublishedData
    public var signatures: [Signature]

    public init(block: L2Block, l1: L1PublishedData, signatures: [Signature]) {
        self.block = block
        self.l1 = l1
        self.signatures = signatures
    }
}

extension PublishedL2Block: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("block", block)
        writer.member("l1", l1)
        writer.member("signatures", signatures)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        block = try json.decode("block")
        l1 = try json.decode("l1")
        signatures = try json.decodeArray("signatures")
    }
}
