/// A change of class scheduled by the instance deployer, in a public log.
public struct ContractInstanceUpdatedEvent: Hashable, Sendable {
    public var address: AztecAddress
    public var update: ContractInstanceUpdate

    public static func matches(_ log: PublicLog) -> Bool {
        log.contractAddress == ProtocolContracts.instanceDeployer && log.tag == ContractEventTags.instanceUpdated
    }

    /// Reads a log whatever its address and tag are.
    public init(_ log: PublicLog) throws(ContractEventError) {
        address = AztecAddress(log.fields[1])
        guard let block = log.fields[4].uint32 else { throw ContractEventError("update of contract \(address): block of change is no block number") }
        update = ContractInstanceUpdate(prevContractClassId: log.fields[2], newContractClassId: log.fields[3], blockOfChange: block)
    }
}
