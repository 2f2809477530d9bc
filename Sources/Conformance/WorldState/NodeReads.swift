import Field
import Hashing
import JSON
import Protocol
import WorldState

/// The node's RPC methods that are built on the world state alone («note 04 §7»).
struct NodeReads {
    let scenario: Scenario

    func answer(_ op: JSONElement) throws -> String {
        let method = try op.member("method").string ?? ""
        let parameters = try op.member("params").elements.map { $0 }
        guard parameters.count >= 2 else { throw FormatError(description: "\(op.path): too few parameters") }
        let number = try parameters[0].isString ? nil : parameters[0].blockNumber()
        let view = try WorldStateView(scenario.store.database, at: number == 0 ? nil : number)
        func paths(_ tree: TreeID) throws -> String { Answer.path64(try view.siblingPath(tree, try parameters[1].index())) }
        switch method {
        case "node_getNullifierSiblingPath": return try paths(.nullifier)
        case "node_getNoteHashSiblingPath": return try paths(.noteHash)
        case "node_getArchiveSiblingPath": return try paths(.archive)
        case "node_getPublicDataSiblingPath": return try paths(.publicData)
        case "node_getNullifierMembershipWitness":
            let found = try view.leafIndices(.nullifier, [try parameters[1].field()])[0]
            guard let index = found, index != 0 else { return "null" }
            return try witness(view, .nullifier, index)
        case "node_getLowNullifierMembershipWitness":
            return try witness(view, .nullifier, try view.lowLeaf(.nullifier, try parameters[1].field()).index)
        case "node_getPublicDataWitness":
            return try witness(view, .publicData, try view.lowLeaf(.publicData, try parameters[1].field()).index)
        case "node_getPublicStorageAt":
            guard parameters.count == 3 else { throw FormatError(description: "\(op.path): three parameters") }
            let slot = Poseidon2.hash([try parameters[1].field(), try parameters[2].field()], separator: GeneratorIndex.publicLeafIndex)
            return Answer.field(try view.publicDataValue(slot))
        case "node_getL1ToL2MessageMembershipWitness":
            guard let index = try messageIndex(try parameters[1].field()) else { return "null" }
            return Answer.list([Answer.text("\(index)"), Answer.path64(try view.siblingPath(.l1ToL2Message, index))])
        case "node_findLeavesIndexes":
            guard parameters.count == 3 else { throw FormatError(description: "\(op.path): three parameters") }
            return try leavesIndexes(view, try parameters[1].tree(), try parameters[2].fields())
        default: throw FormatError(description: "unknown method «\(method)»")
        }
    }

    private func witness(_ view: WorldStateView, _ tree: TreeID, _ index: UInt64) throws -> String {
        guard let witness = try view.witness(tree, index) else { return "null" }
        let leaf = tree == .nullifier
            ? "{\"nullifier\":\(Answer.field(witness.leaf.key))}"
            : "{\"slot\":\(Answer.field(witness.leaf.key)),\"value\":\(Answer.field(witness.leaf.value))}"
        return "{\"index\":\"\(index)\",\"leafPreimage\":{\"leaf\":\(leaf),\"nextKey\":\(Answer.field(witness.leaf.nextKey)),"
            + "\"nextIndex\":\"\(witness.leaf.nextIndex)\"},\"siblingPath\":\(Answer.path64(witness.path))}"
    }

    private func leavesIndexes(_ view: WorldStateView, _ tree: TreeID, _ values: [Fr]) throws -> String {
        let indices = try view.leafIndices(tree, values)
        let blocks = try view.blockNumbers(tree, ofLeaves: indices.compactMap { $0 })
        var at = 0
        return Answer.list(try indices.map { index in
            guard let index else { return "null" }
            defer { at += 1 }
            guard let block = blocks[at], let hash = try view.leafValue(.archive, UInt64(block)) else { return "null" }
            return "{\"l2BlockNumber\":\(block),\"l2BlockHash\":\(Answer.field(hash)),\"data\":\"\(index)\"}"
        })
    }

    /// The archiver's index of a message: those of the file's chain, whatever was synced.
    private func messageIndex(_ message: Fr) throws -> UInt64? {
        var known = scenario.chain
        for (id, _) in try scenario.root.member("blocks").members.map({ ($0.key, 0) }) where !known.contains(id) { known.append(id) }
        for id in known {
            let block = try scenario.block(id)
            let number = UInt64(try block.member("number").blockNumber())
            for (place, candidate) in try block.member("messages").fields().enumerated() where candidate == message {
                return 16 * (number - 1) + UInt64(place)
            }
        }
        return nil
    }
}
