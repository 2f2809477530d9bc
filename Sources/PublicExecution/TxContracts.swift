import AVM
import Field
import Protocol

/// Contracts that the logs of the running transaction published so far. Visible to the transaction at once, whatever
/// becomes of the phase: only their nullifiers are rolled back («note 03 §10.4»).
struct TxContracts {
    private var classes: [Fr: ExecutableClass] = [:]
    private var instances: [AztecAddress: ContractInstance] = [:]
    private(set) var published = PublishedContracts()

    func contractClass(_ id: Fr) -> ExecutableClass? { classes[id] }
    func instance(_ address: AztecAddress) -> ContractInstance? { instances[address] }

    /// - Throws: when a log contradicts itself; the transaction is dropped for it.
    mutating func add(classes published: [ContractClassPublic], privateLogs: [PrivateLog]) throws(ContractEventError) {
        for contractClass in published {
            classes[contractClass.id] = ExecutableClass(id: contractClass.id, program: Program(contractClass.packedBytecode))
            self.published.classes.append(contractClass)
        }
        for log in privateLogs where !log.isEmpty && ContractInstanceDeployedEvent.matches(log) {
            let instance = try ContractInstanceDeployedEvent(log).instance()
            instances[instance.address] = instance.instance
            self.published.instances.append(instance)
        }
    }
}
