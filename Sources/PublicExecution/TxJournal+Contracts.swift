package import AVM
import Field
import Hashing
package import Protocol

// Contract lookup («note 03 §10»). Everything that contradicts itself here is fatal: a database that says so is not to
// be trusted with a verdict on the call alone.
extension TxJournal {
    package func contractInstance(_ address: AztecAddress) throws(AVMFault) -> ContractInstance? {
        if let known = checkedInstances[address] { return known }
        guard let instance = try lookUp(address) else { return nil }
        if ProtocolContracts.contract(at: address) == nil { try check(instance, at: address) }
        checkedInstances[address] = instance
        return instance
    }

    package func program(of address: AztecAddress) throws(AVMFault) -> Program? {
        guard let instance = try contractInstance(address) else { return nil }
        let id = instance.currentContractClassId
        guard let contractClass = try contractClass(id) else {
            throw .fatal("Contract class not found in DB, but a contract instance was found with this class ID (\(id)). This should not happen!")
        }
        if !executedClasses.contains(id) {
            guard executedClasses.count < ProtocolConstants.maxPublicCallsToUniqueContractClassIds else {
                throw .halt(HaltReason(SideEffectLimit.classes))
            }
            executedClasses.insert(id)
        }
        return contractClass.program
    }

    private func lookUp(_ address: AztecAddress) throws(AVMFault) -> ContractInstance? {
        if let own = contracts.instance(address) { return own }
        if let known = baseInstances[address] { return known }
        let instance = try ask { () throws(StateUnavailable) in try base.contractInstance(address) }
        readSet.instances.insert(address)
        baseInstances.updateValue(instance, forKey: address)
        return instance
    }

    private func contractClass(_ id: Fr) throws(AVMFault) -> ExecutableClass? {
        if let own = contracts.contractClass(id) { return own }
        if let known = baseClasses[id] { return known }
        let contractClass = try ask { () throws(StateUnavailable) in try base.contractClass(id) }
        readSet.classes.insert(id)
        baseClasses[id] = contractClass
        return contractClass
    }

    /// Steps 3 and 4 of «note 03 §10.2».
    private func check(_ instance: ContractInstance, at address: AztecAddress) throws(AVMFault) {
        let keys = hashes.instanceKeys(address)
        if nullifierSet.contains(keys.deploymentNullifier) {
            checksRestOnOwnWrites = true
        } else if try !baseHasNullifier(keys.deploymentNullifier) {
            throw .fatal("Contract instance for address \(address) in DB: true != nullifier tree: false. This is a bug!")
        }
        let hash = try updateField(keys.update.3)
        let fields = [try updateField(keys.update.0), try updateField(keys.update.1), try updateField(keys.update.2)]
        guard let values = SharedMutableValues(fields: fields) else { preconditionFailure("three fields make a change of value") }
        if hash.isZero {
            // No update was ever scheduled.
            guard values.fields.allSatisfy(\.isZero) else {
                throw .fatal("Found updatability hash 0 but preimage is not empty for contract instance \(address).")
            }
            return try require(instance, instance.originalContractClassId, at: address)
        }
        guard values.hash == hash else {
            throw .fatal("Shared mutable values hash mismatch for contract instance \(address). Expected: \(hash), computed: \(values.hash)")
        }
        let scheduled = values.value.current(atBlock: blockNumber)[0]
        try require(instance, scheduled.isZero ? instance.originalContractClassId : scheduled, at: address)
    }

    private func require(_ instance: ContractInstance, _ expected: Fr, at address: AztecAddress) throws(AVMFault) {
        guard instance.currentContractClassId == expected else {
            throw .fatal("Current class id mismatch for contract instance \(address). Expected: \(expected), current: \(instance.currentContractClassId)")
        }
    }

    private func updateField(_ leafSlot: Fr) throws(AVMFault) -> Fr {
        if publicData[leafSlot] != nil { checksRestOnOwnWrites = true }
        return try value(leafSlot)
    }
}
