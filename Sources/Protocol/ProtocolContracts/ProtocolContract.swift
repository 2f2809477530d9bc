public import Field
import Bytes
import Hashing

/// A contract that is part of the protocol: its class and instance exist from block 0 on, at a small number as
/// address. Its public bytecode stays base64 text in the program's read-only pages until somebody asks for it.
public struct ProtocolContract: Sendable {
    public enum FunctionKind: Sendable { case `private`, `public`, utility }

    /// A function as compiled, for names in messages; the selector follows from the signature.
    public struct Function: Sendable {
        public var kind: FunctionKind
        public var signature: String
        public var isInitializer: Bool
        public var isStatic: Bool

        init(_ kind: FunctionKind, _ signature: String, isInitializer: Bool = false, isStatic: Bool = false) {
            self.kind = kind
            self.signature = signature
            self.isInitializer = isInitializer
            self.isStatic = isStatic
        }

        public var name: Substring { signature.prefix { $0 != "(" } }

        public var selector: FunctionSelector {
            guard let value = ContractDerivations.selector(signature: signature) else { preconditionFailure("\(signature) is no signature") }
            return FunctionSelector(value)
        }
    }

    public let name: String
    public let address: AztecAddress
    /// What the address would be if it were derived: the leaf in the tree of protocol contracts.
    public let derivedAddress: AztecAddress
    public let classId: Fr
    public let artifactHash: Fr
    public let privateFunctionsRoot: Fr
    public let bytecodeCommitment: Fr
    public let privateFunctions: [(selector: FunctionSelector, vkHash: Fr)]
    public let functions: [Function]
    let base64: StaticString

    init(
        name: String, address: AztecAddress, derivedAddress: String, classId: String, artifactHash: String, privateFunctionsRoot: String,
        bytecodeCommitment: String, privateFunctions: [(selector: String, vkHash: String)], functions: [Function], packedBytecode: StaticString
    ) {
        self.name = name
        self.address = address
        self.derivedAddress = AztecAddress(ProtocolConstants.constant(derivedAddress))
        self.classId = ProtocolConstants.constant(classId)
        self.artifactHash = ProtocolConstants.constant(artifactHash)
        self.privateFunctionsRoot = ProtocolConstants.constant(privateFunctionsRoot)
        self.bytecodeCommitment = ProtocolConstants.constant(bytecodeCommitment)
        self.privateFunctions = privateFunctions.map { function in
            guard let selector = FunctionSelector(ProtocolConstants.constant(function.selector)) else { preconditionFailure("\(name): selector") }
            return (selector, ProtocolConstants.constant(function.vkHash))
        }
        self.functions = functions
        base64 = packedBytecode
    }

    /// The packed public bytecode, decoded anew at each call.
    public func packedBytecode() -> [UInt8] {
        guard let bytes = Base64.decode(base64.description) else { preconditionFailure("\(name): bytecode is not base64") }
        return bytes
    }

    public func contractClass() -> ContractClassPublic {
        ContractClassPublic(
            id: classId, artifactHash: artifactHash, privateFunctionsRoot: privateFunctionsRoot, packedBytecode: packedBytecode())
    }

    /// All were deployed with salt 1, default keys, without deployer and initializer.
    public var instance: ContractInstanceWithAddress {
        ContractInstanceWithAddress(
            instance: ContractInstance(
                salt: .one, deployer: .zero, currentContractClassId: classId, originalContractClassId: classId, initializationHash: .zero,
                publicKeys: .default),
            address: address)
    }
}
