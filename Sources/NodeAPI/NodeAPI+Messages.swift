import Field
import Hashing
import JSON
import Protocol

extension NodeAPI {
    static let messageMethods: [Method] = [
        Method(name: "getL1ToL2MessageMembershipWitness", parameters: 2, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let block = parameters.blockNumber(0)
            let message = parameters.field(1)
            try parameters.finish()
            guard let index = try api.chain.l1ToL2MessageIndex(message) else { return false }
            let path = try api.state(block).siblingPath(.l1ToL2Message, index)
            writer.beginArray()
            writer.decimalText(index)
            writer.value(path)
            writer.endArray()
            return true
        },
        Method(name: "isL1ToL2MessageSynced", parameters: 1) { api, parameters, writer throws(RPCFailure) in
            let message = parameters.field(0)
            try parameters.finish()
            writer.value(try api.chain.l1ToL2MessageIndex(message) != nil)
            return true
        },
        Method(name: "getL2ToL1MessageMembershipWitness", parameters: 2, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let parameter = parameters.blockNumber(0)
            let message = parameters.field(1)
            try parameters.finish()
            let number: Int
            switch parameter {
            case .latest: number = try api.chain.latestNumber()
            case .number(let wanted): number = wanted < 0 ? try api.chain.latestNumber() : Int(exactly: wanted) ?? Int.max
            }
            guard let block = try api.chain.block(number) else { throw .failed("Block not found in getL2ToL1MessageMembershipWitness") }
            try OutboxWitness.write(block.body.txEffects.map(\.l2ToL1Msgs), message, &writer)
            return true
        },
    ]
}

/// Place of an L2→L1 message in its block's out hash (note 08 §3.6).
enum OutboxWitness {
    static func write(_ messages: [[Fr]], _ message: Fr, _ writer: inout JSONWriter) throws(RPCFailure) {
        guard let transaction = messages.firstIndex(where: { $0.contains(message) }), let position = messages[transaction].firstIndex(of: message) else {
            throw .failed("The L2ToL1Message you are trying to prove inclusion of does not exist")
        }
        let height = subtreeHeight(messages[transaction].count)
        var path = MerkleRoots.siblingPath(messages[transaction], index: position, height: height, .sha256Truncated)
        var index = BigInteger(position)
        if messages.count > 1 {
            let roots = messages.map { $0.isEmpty ? Fr.zero : MerkleRoots.balanced($0, height: subtreeHeight($0.count), .sha256Truncated) }
            guard let top = TopTree(roots).path(of: roots[transaction]) else {
                throw .unprintable("Cannot use 'in' operator to search for 'toBuffer' in undefined")
            }
            path += top
            // The tx's index in binary, then the message's padded to the subtree's height.
            index = BigInteger(transaction << height | position)
        }
        writer.beginArray()
        writer.value(index)
        writer.value(SiblingPath(path))
        writer.endArray()
    }

    static func subtreeHeight(_ count: Int) -> Int { count <= 1 ? 1 : Int.bitWidth - (count - 1).leadingZeroBitCount }

    /// The reference's unbalanced tree: pairs are hashed level by level, a node without partner moves up. Leaves are
    /// found by value, so equal values share the last place stored.
    struct TopTree {
        private struct Place: Hashable {
            var level: Int
            var index: Int
        }

        private var nodes: [Place: Fr] = [:]
        private var places: [Fr: Place] = [:]

        init(_ leaves: [Fr]) {
            let depth = OutboxWitness.subtreeHeight(leaves.count)
            var shifted: Fr?
            var layer = leaves
            if layer.count % 2 == 1 { shifted = layer.removeLast() }
            for (index, leaf) in layer.enumerated() { store(leaf, depth, index) }
            for level in stride(from: depth - 1, through: 0, by: -1) {
                var next: [Fr] = []
                for pair in stride(from: 0, to: layer.count, by: 2) {
                    let parent = SHA256.truncatedToField(layer[pair].bytes + layer[pair + 1].bytes)
                    store(parent, level, pair / 2)
                    next.append(parent)
                }
                if next.count % 2 == 1 {
                    if let waiting = shifted {
                        store(waiting, level, next.count)
                        next.append(waiting)
                        shifted = nil
                    } else {
                        shifted = next.removeLast()
                    }
                }
                layer = next
            }
        }

        private mutating func store(_ value: Fr, _ level: Int, _ index: Int) {
            let place = Place(level: level, index: index)
            nodes[place] = value
            places[value] = place
        }

        /// nil when a sibling is missing, which the reference runs into where values repeat.
        func path(of leaf: Fr) -> [Fr]? {
            guard let place = places[leaf] else { return nil }
            var path: [Fr] = []
            var index = place.index
            for level in stride(from: place.level, to: 0, by: -1) {
                guard let sibling = nodes[Place(level: level, index: index ^ 1)] else { return nil }
                path.append(sibling)
                index >>= 1
            }
            return path
        }
    }
}
