public import Field
import Hashing

// Proofs that a broadcast function belongs to a class (note 01 §9.4): the private functions tree is hashed with
// Poseidon2, the artifact tree with SHA-256 reduced to a field.
extension ExecutablePrivateFunction {
    public func isMember(of contractClass: ContractClassPublic) -> Bool {
        let leaf = ContractDerivations.privateFunctionLeaf(.init(selector: selector.value, vkHash: vkHash))
        let root = ArtifactHash.root(leaf, privateFunctionTreeSiblingPath, privateFunctionTreeLeafIndex) { Poseidon2.hashPair($0, $1) }
        guard root == contractClass.privateFunctionsRoot else { return false }
        let function = ArtifactHash.function(selector: selector, metadataHash: functionMetadataHash, bytecode: bytecode)
        let artifactRoot = ArtifactHash.root(function, artifactTreeSiblingPath, artifactTreeLeafIndex, ArtifactHash.pair)
        return ArtifactHash.artifact(
            privateRoot: artifactRoot, utilityRoot: utilityFunctionsTreeRoot, metadataHash: artifactMetadataHash) == contractClass.artifactHash
    }
}

extension UtilityFunction {
    public func isMember(of contractClass: ContractClassPublic) -> Bool {
        let function = ArtifactHash.function(selector: selector, metadataHash: functionMetadataHash, bytecode: bytecode)
        let root = ArtifactHash.root(function, artifactTreeSiblingPath, artifactTreeLeafIndex, ArtifactHash.pair)
        return ArtifactHash.artifact(
            privateRoot: privateFunctionsArtifactTreeRoot, utilityRoot: root, metadataHash: artifactMetadataHash) == contractClass.artifactHash
    }
}

/// Hashes over compiled contracts, all of them SHA-256 modulo the field's order.
public enum ArtifactHash {
    static let version: UInt8 = 1

    public static func function(selector: FunctionSelector, metadataHash: Fr, bytecode: [UInt8]) -> Fr {
        SHA256.reducedToField([version] + selector.bytes + metadataHash.bytes + SHA256.reducedToField(bytecode).bytes)
    }

    public static func artifact(privateRoot: Fr, utilityRoot: Fr, metadataHash: Fr) -> Fr {
        SHA256.reducedToField([version] + privateRoot.bytes + utilityRoot.bytes + metadataHash.bytes)
    }

    static func pair(_ left: Fr, _ right: Fr) -> Fr { SHA256.reducedToField(left.bytes + right.bytes) }

    static func root(_ leaf: Fr, _ path: [Fr], _ index: Int, _ hash: (Fr, Fr) -> Fr) -> Fr {
        var node = leaf
        for (level, sibling) in path.enumerated() {
            node = level < 63 && index >> level & 1 == 1 ? hash(sibling, node) : hash(node, sibling)
        }
        return node
    }
}
