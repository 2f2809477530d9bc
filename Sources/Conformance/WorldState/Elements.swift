import Bytes
import Field
import JSON
import Protocol
import WorldState

struct FormatError: Error, CustomStringConvertible {
    var description: String
}

extension JSONElement {
    func member(_ name: String) throws -> JSONElement {
        guard let value = self[name] else { throw FormatError(description: "\(path) has no «\(name)»") }
        return value
    }

    func field() throws -> Fr {
        guard let text = string, let value = Fr(hex: text) else { throw FormatError(description: "\(path) is no field element") }
        return value
    }

    func fields() throws -> [Fr] { try elements.map { try $0.field() } }

    func bytes() throws -> [UInt8] {
        guard let text = string, let bytes = Hex.decode(text) else { throw FormatError(description: "\(path) is no hex string") }
        return bytes
    }

    /// A number, or a number in a string.
    func index() throws -> UInt64 {
        guard let value = uint64 ?? string.flatMap({ UInt64($0) }) else { throw FormatError(description: "\(path) is no index") }
        return value
    }

    func blockNumber() throws -> UInt32 {
        guard let value = UInt32(exactly: try index()) else { throw FormatError(description: "\(path) is no block number") }
        return value
    }

    func write() throws -> PublicDataWrite {
        guard isArray, count == 2, let slot = self[0], let value = self[1] else { throw FormatError(description: "\(path) is no pair") }
        return PublicDataWrite(leafSlot: try slot.field(), value: try value.field())
    }

    func tree() throws -> TreeID {
        guard let id = uint64.flatMap({ UInt8(exactly: $0) }), let tree = TreeID(rawValue: id) else {
            throw FormatError(description: "\(path) is no tree id")
        }
        return tree
    }

    /// A nullifier, or a slot and its value.
    func leaf(of tree: TreeID) throws -> LeafValue {
        guard tree == .publicData else { return LeafValue(key: try field()) }
        let pair = try write()
        return LeafValue(key: pair.leafSlot, value: pair.value)
    }

    /// One form for equal values, to compare answers as text.
    var canonical: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Builds the text of an answer.
enum Answer {
    static func list(_ items: some Sequence<String>) -> String { "[" + items.joined(separator: ",") + "]" }
    static func text(_ text: String) -> String { "\"\(text)\"" }
    static func field(_ value: Fr) -> String { text(value.hex) }
    static func optional(_ value: (some FixedWidthInteger)?) -> String { value.map { "\($0)" } ?? "null" }

    static func leaf(_ leaf: LeafValue, _ tree: TreeID) -> String {
        tree == .publicData ? list([field(leaf.key), field(leaf.value)]) : field(leaf.key)
    }

    static func preimage(_ leaf: LeafPreimage, _ tree: TreeID) -> String {
        list(tree == .publicData
            ? [field(leaf.key), field(leaf.value), "\(leaf.nextIndex)", field(leaf.nextKey)]
            : [field(leaf.key), "\(leaf.nextIndex)", field(leaf.nextKey)])
    }

    static func trees(_ snapshot: WorldStateSnapshot) -> String {
        list(TreeID.allCases.map { list([field(snapshot[$0].root), "\(snapshot[$0].size)"]) })
    }

    static func status(_ status: WorldStateStatus) -> String {
        // The heights of the five trees are one record here: they cannot disagree.
        list(["\(status.latest)", "\(status.finalised)", "\(status.oldest)", "true"])
    }

    static func meta(_ status: WorldStateStatus, _ snapshot: WorldStateSnapshot) -> String {
        list(TreeID.allCases.map { list(["\(snapshot[$0].size)", "\(status.latest)", "\(status.finalised)", "\(status.oldest)"]) })
    }

    /// Base64 of the sibling count and the siblings.
    static func path64(_ path: [Fr]) -> String {
        var writer = ByteWriter()
        writer.write(UInt32(path.count))
        for sibling in path { sibling.write(to: &writer) }
        return text(Base64.encode(writer.bytes))
    }
}
