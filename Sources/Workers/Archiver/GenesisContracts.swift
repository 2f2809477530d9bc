import Archive
import Configuration
import Diagnostics
import Field
import Hashing
import IPC
import JSON
import Protocol
import Storage

/// Classes and instances of the protocol contracts, which exist from block 0 at the addresses 1 to 6. Data, in
/// `etc/protocol-contracts.json`; every class id is derived again from what the file holds.
enum GenesisContracts {
    static func register(in archive: Archive) throws {
        guard try archive.contractInstance(ProtocolContracts.feeJuice, atBlock: 0) == nil else { return }
        guard let directory = EtcDirectory.find(environment: EtcDirectory.processEnvironment()) else {
            return Logger("archiver").warn("no etc folder beside the program: protocol contracts are not registered")
        }
        let path = directory + "/protocol-contracts.json"
        do {
            let batch = WriteBatch()
            for contract in try JSONDocument.parse(DataFile.read(path)).root.required("contracts").elements { try put(contract, archive, batch) }
            try archive.database.write(batch)
        } catch {
            throw WorkerFailure("\(path): \(error)", isPermanent: true)
        }
    }

    private static func put(_ contract: JSONElement, _ archive: Archive, _ batch: WriteBatch) throws {
        let found = ContractClassPublic(
            id: try contract.decode("contractClassId"), artifactHash: try contract.decode("artifactHash"),
            privateFunctionsRoot: try contract.decode("privateFunctionsRoot"), packedBytecode: try contract.required("packedBytecode").buffer(),
            privateFunctions: [], utilityFunctions: [])
        guard try found.derivedId() == found.id else { throw JSONError("the class id does not follow from the class", at: contract) }
        let instance = ContractInstance(
            salt: try contract.decode("salt"), deployer: .zero, currentContractClassId: found.id, originalContractClassId: found.id,
            initializationHash: .zero, publicKeys: .default)
        archive.putGenesisContract(
            found, commitment: try found.bytecodeCommitment(), instance: .init(instance: instance, address: try contract.decode("address")), to: batch)
    }
}
