import Bytes
import Field
import JSON
import Protocol
import WorldState

extension Scenario {
    /// `tip`, `@N` or a fork. `@0` reads the tip («note 04 §7»).
    func reader(_ op: JSONElement) throws -> WorldStateReader {
        let on = try op.member("on").string ?? ""
        if on == "tip" { return try WorldStateView(store.database) }
        guard on.hasPrefix("@") else { return try fork(op) }
        guard let block = UInt32(on.dropFirst()) else { throw FormatError(description: "no view «\(on)»") }
        return try WorldStateView(store.database, at: block == 0 ? nil : block)
    }

    func performRead(_ name: String, _ op: JSONElement) throws -> String {
        if name == "getLeafValue" { return try leafValue(op) }
        let reader = try reader(op)
        switch name {
        case "getTreeInfo":
            let tree = try op.member("tree").tree()
            let snapshot = try reader.snapshot(tree)
            return Answer.list([Answer.field(snapshot.root), "\(snapshot.size)", "\(tree.height)"])
        case "getStateReference": return Answer.text(try reader.stateReference().serialized.hex)
        case "getInitialStateReference": return Answer.text(try reader.initialStateReference().serialized.hex)
        case "getSiblingPath": return path(try reader.siblingPath(try op.member("tree").tree(), try op.member("index").index()))
        case "getLeafPreimage":
            let tree = try op.member("tree").tree()
            let index = try op.member("index").index()
            guard let leaf = try reader.leafPreimage(tree, index) else {
                throw WorldStateError(.missingLeaf, "Failed to find indexed leaf: Failed to find leaf hash for current root")
            }
            return Answer.preimage(leaf, tree)
        case "findLeafIndices", "findLeafIndicesAfter":
            let found = try reader.leafIndices(
                try op.member("tree").tree(), try op.member("values").fields(), from: try op["start"]?.index() ?? 0)
            return Answer.list(found.map { Answer.optional($0) })
        case "getPreviousValueIndex":
            let low = try reader.lowLeaf(try op.member("tree").tree(), try op.member("key").field())
            return Answer.list(["\(low.index)", "\(low.alreadyPresent)"])
        case "getBlockNumbersForLeafIndices":
            let numbers = try reader.blockNumbers(
                try op.member("tree").tree(), ofLeaves: try op.member("indices").elements.map { try $0.index() })
            return Answer.list(numbers.map { Answer.optional($0) })
        default: throw FormatError(description: "unknown operation «\(name)»")
        }
    }

    /// Absent on any failure to find the block.
    private func leafValue(_ op: JSONElement) throws -> String {
        let tree = try op.member("tree").tree()
        let index = try op.member("index").index()
        let reader: WorldStateReader
        do { reader = try self.reader(op) } catch let error as WorldStateError where error.kind == .missingBlock { return "null" }
        if tree.isIndexed {
            guard let leaf = try reader.leafPreimage(tree, index) else { return "null" }
            // Padding is absent.
            if leaf == .empty { return "null" }
            return Answer.leaf(LeafValue(key: leaf.key, value: leaf.value), tree)
        }
        return try reader.leafValue(tree, index).map(Answer.field) ?? "null"
    }
}
