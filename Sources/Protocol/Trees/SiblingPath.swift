public import Bytes
public import Field
import Hashing
public import JSON

/// The siblings of a leaf's ancestors, leaf level first.
public struct SiblingPath: Hashable, Sendable, BinaryCodable {
    public var nodes: [Fr]

    public init(_ nodes: [Fr]) { self.nodes = nodes }

    public var height: Int { nodes.count }

    /// Root of the tree that has `leaf` at `index`.
    public func root(leaf: Fr, index: UInt64) -> Fr {
        var node = leaf
        for (level, sibling) in nodes.enumerated() {
            let isRight = level < 64 && index >> UInt64(level) & 1 == 1
            node = isRight ? Poseidon2.hashPair(sibling, node) : Poseidon2.hashPair(node, sibling)
        }
        return node
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        let count = Int(try reader.readUInt32("sibling path"))
        // The reference takes a short last node and finds out when it is used.
        guard 32 * count <= reader.remaining else {
            throw DecodingError("sibling path: \(count) nodes are out of range of \(reader.remaining) bytes", at: start)
        }
        nodes = try reader.readArray(count: count, minimumElementBytes: 32)
    }

    public func write(to writer: inout ByteWriter) { writer.writeVector(nodes) }
}

extension SiblingPath: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.base64(serialized) }

    public init(json: JSONElement) throws(JSONError) { self = try json.decodeBinary(try json.buffer()) }

    init(json: JSONElement, height: Int) throws(JSONError) {
        try self.init(json: json)
        guard nodes.count == height else { throw JSONError("a sibling path of \(height) nodes is expected, not \(nodes.count)", at: json) }
    }
}
