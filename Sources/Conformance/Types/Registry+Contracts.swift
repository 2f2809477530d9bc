import Field
import Protocol

// Contracts, messages between the layers, tree leaves and witnesses.
extension TypesConformance {
    static let contractEntries: [TypeEntry] = [
        TypeEntry("PublicKeys", PublicKeys.self, derived: { keys, _ in ["hash": .string(keys.hash().hex)] }, identity: { $0.hash().hex }),
        TypeEntry("ContractInstance", ContractInstance.self),
        TypeEntry("ContractInstanceWithAddress", ContractInstanceWithAddress.self),
        TypeEntry("ContractInstanceUpdate", ContractInstanceUpdate.self),
        TypeEntry("ContractClassPublic", ContractClassPublic.self),
        TypeEntry("L1Actor", L1Actor.self),
        TypeEntry("L2Actor", L2Actor.self),
        TypeEntry("L1ToL2Message", L1ToL2Message.self, derived: { message, _ in ["hash": .string(message.hash().hex)] }, identity: { $0.hash().hex }),
        TypeEntry("InboxLeaf", InboxLeaf.self, derived: { leaf, given in
            // The block is one of the case's own, not that of the leaf.
            guard let text = given["blockNumber"]?.text, let number = UInt64(text), number > 0 else { return [:] }
            let indices = InboxLeaf.indices(ofBlock: number)
            guard indices.allSatisfy({ InboxLeaf.blockNumber(ofIndex: $0) == number }) else { return [:] }
            return [
                "blockNumber": .string(text), "smallestIndexForBlock": .string("\(indices.lowerBound)"),
                "range": .strings(["\(indices.lowerBound)", "\(indices.upperBound)"]),
            ]
        }),
        TypeEntry("NullifierLeaf", NullifierLeaf.self),
        TypeEntry("NullifierLeafPreimage", NullifierLeafPreimage.self, derived: { leaf, _ in
            ["hashInputs": .strings(leaf.toFields().map(\.hex)), "leafHash": .string(leaf.hash().hex)]
        }, identity: { $0.hash().hex }),
        TypeEntry("PublicDataTreeLeaf", PublicDataTreeLeaf.self),
        TypeEntry("PublicDataTreeLeafPreimage", PublicDataTreeLeafPreimage.self, derived: { leaf, _ in
            ["hashInputs": .strings(leaf.toFields().map(\.hex)), "leafHash": .string(leaf.hash().hex)]
        }, identity: { $0.hash().hex }),
        TypeEntry("SiblingPath", SiblingPath.self, derived: { path, given in
            guard let leaf = given["leaf"]?.text.flatMap({ Fr(hex: $0) }), let index = given["index"]?.text.flatMap({ UInt64($0) }) else { return [:] }
            return [
                "pathSize": .number(path.height), "root": .string(path.root(leaf: leaf, index: index).hex),
                "leaf": given["leaf"] ?? .null, "index": given["index"] ?? .null, "rootNote": given["rootNote"] ?? .null,
            ]
        }),
        TypeEntry("NullifierMembershipWitness", NullifierMembershipWitness.self),
        TypeEntry("PublicDataWitness", PublicDataWitness.self),
    ]
}
