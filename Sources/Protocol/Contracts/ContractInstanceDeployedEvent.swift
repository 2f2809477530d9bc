public import Field

/// A contract deployed by the instance deployer, in a private log.
public struct ContractInstanceDeployedEvent: Hashable, Sendable {
    public var address: AztecAddress
    public var version: UInt64
    public var salt: Fr
    public var contractClassId: Fr
    public var initializationHash: Fr
    public var publicKeys: PublicKeys
    public var deployer: AztecAddress

    public static func matches(_ log: PrivateLog) -> Bool { log.tag == ContractEventTags.instanceDeployed }

    /// Reads a log whatever its tag is.
    public init(_ log: PrivateLog) throws(ContractEventError) {
        let fields = log.fields
        address = AztecAddress(fields[1])
        guard let version = fields[2].uint64 else { throw ContractEventError("contract instance \(fields[1]): version is no number") }
        self.version = version
        salt = fields[3]
        contractClassId = fields[4]
        initializationHash = fields[5]
        func key(_ index: Int) -> Point { Point(x: fields[index], y: fields[index + 1]) }
        publicKeys = PublicKeys(
            masterNullifierPublicKey: key(6), masterIncomingViewingPublicKey: key(8), masterOutgoingViewingPublicKey: key(10),
            masterTaggingPublicKey: key(12))
        deployer = AztecAddress(fields[14])
    }

    /// The instance. Its address is the claimed one: the circuits proved it, and it is not derived again.
    public func instance() throws(ContractEventError) -> ContractInstanceWithAddress {
        guard version == UInt64(ContractInstance.version) else { throw ContractEventError("contract instance \(address): version \(version)") }
        return ContractInstanceWithAddress(
            instance: ContractInstance(
                salt: salt, deployer: deployer, currentContractClassId: contractClassId, originalContractClassId: contractClassId,
                initializationHash: initializationHash, publicKeys: publicKeys),
            address: address)
    }
}
