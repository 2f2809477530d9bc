public import Field

/// Class ids, instance addresses, selectors and argument hashes («note 01 §9»).
public enum ContractDerivations {
    /// Fields that a packed bytecode may take, its length field included.
    public static let maximumBytecodeFields = 3000
    static let privateFunctionTreeHeight = 5
    /// `pedersenHash([0, 0])`, an absent private function.
    public static let emptyPrivateFunctionLeaf = Fr(unchecked: Limbs4(
        0xa4b529ede5fa9fed, 0x8fcf401afb2f70b8, 0xf12a8d195b18ac28, 0x27b1d0839a5b23ba))

    /// Selector of a function or event signature; nil when the text holds white space.
    public static func selector(signature: String) -> UInt32? {
        guard !signature.unicodeScalars.contains(where: \.properties.isWhitespace) else { return nil }
        return UInt32(truncatingIfNeeded: Poseidon2.hash(selectorBytes: Array(signature.utf8)).integer.l0)
    }

    /// 0 for no arguments.
    public static func argsHash(_ args: [Fr]) -> Fr { args.isEmpty ? .zero : Poseidon2.hash(args, separator: .functionArgs) }

    /// 0 for empty calldata.
    public static func calldataHash(_ calldata: [Fr]) -> Fr {
        calldata.isEmpty ? .zero : Poseidon2.hash(calldata, separator: .publicCalldata)
    }

    public static func initializationHash(selector: UInt32, argsHash: Fr) -> Fr {
        Poseidon2.hash([Fr(selector), argsHash], separator: .constructor)
    }

    /// 0 for empty bytecode.
    public static func bytecodeCommitment(_ packedBytecode: [UInt8]) throws(FieldPacking.TooLong) -> Fr {
        guard !packedBytecode.isEmpty else { return .zero }
        let needed = 1 + (packedBytecode.count + 30) / 31
        guard needed <= maximumBytecodeFields else {
            throw FieldPacking.TooLong(needed: needed, allowed: maximumBytecodeFields)
        }
        return Poseidon2.accumulate(FieldPacking.unpadded(packedBytecode))
    }

    public struct PrivateFunction: Hashable, Sendable {
        public var selector: UInt32
        public var vkHash: Fr

        public init(selector: UInt32, vkHash: Fr) {
            self.selector = selector
            self.vkHash = vkHash
        }
    }

    public static func privateFunctionLeaf(_ function: PrivateFunction) -> Fr {
        Poseidon2.hash([Fr(function.selector), function.vkHash], separator: .functionLeaf)
    }

    /// The leaves stand in order of selector. nil for more than 32 functions.
    public static func privateFunctionsRoot(_ functions: [PrivateFunction]) -> Fr? {
        guard functions.count <= 1 << privateFunctionTreeHeight else { return nil }
        return MerkleRoots.balanced(
            functions.sorted { $0.selector < $1.selector }.map(privateFunctionLeaf),
            height: privateFunctionTreeHeight, emptyLeaf: emptyPrivateFunctionLeaf, .poseidon2)
    }

    public static func classID(artifactHash: Fr, privateFunctionsRoot: Fr, bytecodeCommitment: Fr) -> Fr {
        Poseidon2.hash([artifactHash, privateFunctionsRoot, bytecodeCommitment], separator: .contractLeaf)
    }

    public static func saltedInitializationHash(salt: Fr, initializationHash: Fr, deployer: Fr) -> Fr {
        Poseidon2.hash([salt, initializationHash, deployer], separator: .partialAddress)
    }

    public static func partialAddress(originalClassID: Fr, saltedInitializationHash: Fr) -> Fr {
        Poseidon2.hash([originalClassID, saltedInitializationHash], separator: .partialAddress)
    }

    public static func preaddress(publicKeysHash: Fr, partialAddress: Fr) -> Fr {
        Poseidon2.hash([publicKeysHash, partialAddress], separator: .contractAddressV1)
    }

    /// `x(preaddress · G + incomingViewingKey)`.
    public static func address(preaddress: Fr, incomingViewingKey: GrumpkinPoint) -> Fr {
        (Fq(preaddress) * GrumpkinPoint.generator + incomingViewingKey).x
    }

    /// `keys`: nullifier, incoming viewing, outgoing viewing, tagging. 0 when all four points are (0, 0).
    public static func publicKeysHash(_ keys: [GrumpkinPoint]) -> Fr {
        precondition(keys.count == 4)
        return keys.allSatisfy(\.isZero) ? .zero : Poseidon2.hash(keys.flatMap(\.fields), separator: .publicKeysHash)
    }
}

/// Secret keys of an account from its one secret («note 01 §12»).
public struct AccountKeys: Sendable {
    public var nullifier, incomingViewing, outgoingViewing, tagging: Fq

    public init(secret: Fr) {
        nullifier = SHA512.grumpkinScalar(secret, separator: GeneratorIndex.nskM.rawValue)
        incomingViewing = SHA512.grumpkinScalar(secret, separator: GeneratorIndex.ivskM.rawValue)
        outgoingViewing = SHA512.grumpkinScalar(secret, separator: GeneratorIndex.ovskM.rawValue)
        tagging = SHA512.grumpkinScalar(secret, separator: GeneratorIndex.tskM.rawValue)
    }

    /// Nullifier, incoming viewing, outgoing viewing, tagging.
    public var publicKeys: [GrumpkinPoint] {
        [nullifier, incomingViewing, outgoingViewing, tagging].map { $0 * GrumpkinPoint.generator }
    }

    /// `H(48; hi, lo, app)` with the halves of the master nullifier key.
    public func appNullifierKey(app: Fr) -> Fr {
        let halves = nullifier.lowAndHigh
        return Poseidon2.hash([halves.high, halves.low, app], separator: .nskM)
    }
}
