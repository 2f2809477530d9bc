import Field
import Hashing
import JSON
import Protocol

extension NodeAPI {
    static let stateMethods: [Method] = [
        Method(name: "findLeavesIndexes", parameters: 3, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let tree = parameters.tree(1)
            let values = parameters.fields(2)
            try parameters.finish()
            try api.findLeaves(api.state(block), tree, values, &writer)
            return true
        },
        siblingPath("getNullifierSiblingPath", .nullifier), siblingPath("getNoteHashSiblingPath", .noteHash),
        siblingPath("getArchiveSiblingPath", .archive), siblingPath("getPublicDataSiblingPath", .publicData),
        Method(name: "getNullifierMembershipWitness", parameters: 2, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let nullifier = parameters.field(1)
            try parameters.finish()
            let state = try api.state(block)
            let (index, leaf) = try state.lowNullifier(nullifier)
            // Leaf 0 counts as not found in the reference.
            guard leaf.nullifier == nullifier, index != 0 else { return false }
            writer.value(NullifierMembershipWitness(index: index, leafPreimage: leaf, siblingPath: try state.siblingPath(.nullifier, index)))
            return true
        },
        Method(name: "getLowNullifierMembershipWitness", parameters: 2, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let nullifier = parameters.field(1)
            try parameters.finish()
            let state = try api.state(block)
            let (index, leaf) = try state.lowNullifier(nullifier)
            writer.value(NullifierMembershipWitness(index: index, leafPreimage: leaf, siblingPath: try state.siblingPath(.nullifier, index)))
            return true
        },
        Method(name: "getPublicDataWitness", parameters: 2, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let slot = parameters.field(1)
            try parameters.finish()
            let state = try api.state(block)
            let (index, leaf) = try state.lowPublicData(slot)
            writer.value(PublicDataWitness(index: index, leafPreimage: leaf, siblingPath: try state.siblingPath(.publicData, index)))
            return true
        },
        Method(name: "getPublicStorageAt", parameters: 3, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let contract = parameters.aztecAddress(1)
            let slot = parameters.field(2)
            try parameters.finish()
            let state = try api.state(block)
            let leafSlot = Siloing.publicDataLeafSlot(contract: contract.field, slot: slot)
            let leaf = try state.lowPublicData(leafSlot).leaf
            writer.value(leaf.slot == leafSlot ? leaf.value : .zero)
            return true
        },
    ]

    /// The trees at the block a caller names. 0 reads the newest state, as in the reference.
    func state(_ parameter: BlockParameter) throws(RPCFailure) -> any TreeReader {
        let heights = try chain.stateHeights()
        guard case .number(let number) = parameter, number != 0 else { return try chain.state(at: heights.latest) }
        guard number > 0 else { throw .failed("Invalid block number to get world state for: \(JSONText.javaScript(number))") }
        guard let wanted = Int(exactly: number), wanted <= heights.latest else { throw .failed("Block \(JSONText.javaScript(number)) not yet synced") }
        guard wanted >= heights.oldest else {
            throw .failed("Block \(wanted) is older than the world state that is kept: the oldest readable block is \(heights.oldest) (WS_NUM_HISTORIC_BLOCKS)")
        }
        return try chain.state(at: wanted)
    }

    private static func siblingPath(_ name: String, _ tree: MerkleTreeId) -> Method {
        Method(name: name, parameters: 2, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let digits = parameters.bigInteger(1)
            try parameters.finish()
            let state = try api.state(block)
            guard let index = UInt64(digits), index >> UInt64(tree.height) == 0 else {
                throw .failed("Leaf index \(digits) is outside of a tree of height \(tree.height)")
            }
            writer.value(try state.siblingPath(tree, index))
            return true
        }
    }

    /// `(InBlock<dec> | null)[]`. Block numbers are found for the hits alone but read back by original position, so a
    /// miss before a hit shifts them and the last hits become null (note 08 §3.1).
    private func findLeaves(_ state: any TreeReader, _ tree: MerkleTreeId, _ values: [Fr], _ writer: inout JSONWriter) throws(RPCFailure) {
        if tree == .publicData, !values.isEmpty {
            // A leaf of this tree is two fields; the reference asks for it with one.
            throw .failed("Attempted to read beyond buffer length. Start index: 32, Num bytes to read: 32, Buffer length: 32")
        }
        let indices = try state.leafIndices(tree, values)
        let hits = indices.compactMap { $0 }
        var blocks: [(number: Int, hash: Fr)] = []
        for (index, number) in zip(hits, try state.blockNumbers(tree, ofLeaves: hits)) {
            guard let number else { throw .failed("Block number is undefined for leaf index \(index) in tree \(tree)") }
            guard let hash = try state.archiveLeaf(UInt64(number)) else { throw .failed("Block hash is undefined for block number \(number)") }
            blocks.append((number, hash))
        }
        writer.beginArray()
        for (position, index) in indices.enumerated() {
            if let index, position < blocks.count {
                writer.beginObject()
                writer.member("l2BlockNumber", blocks[position].number)
                writer.member("l2BlockHash", blocks[position].hash.hex)
                writer.key("data")
                writer.decimalText(index)
                writer.endObject()
            } else {
                writer.null()
            }
        }
        writer.endArray()
    }
}
