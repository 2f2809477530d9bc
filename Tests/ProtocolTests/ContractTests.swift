import Field
import FieldKit
import Hashing
import Protocol
import Testing

@Suite struct ContractTests {
    @Test(arguments: ProtocolContracts.all.map(\.name)) func protocolContractFactsAgree(_ name: String) throws {
        let contract = try #require(ProtocolContracts.all.first { $0.name == name })
        let contractClass = contract.contractClass()
        #expect(try contractClass.bytecodeCommitment() == contract.bytecodeCommitment)
        #expect(try contractClass.derivedId() == contract.classId)
        #expect(contract.instance.instance.derivedAddress() == contract.derivedAddress)
        #expect(ProtocolContracts.contract(at: contract.address)?.name == name)
        let functions = contract.privateFunctions.map { ContractDerivations.PrivateFunction(selector: $0.selector.value, vkHash: $0.vkHash) }
        #expect(ContractDerivations.privateFunctionsRoot(functions) == contract.privateFunctionsRoot)
        #expect(Set(contract.functions.filter { $0.kind == .private }.map(\.selector)) == Set(contract.privateFunctions.map(\.selector)))
    }

    /// Leaf 0 is zero; the others are linked by value (note 01 §7).
    @Test func protocolContractTree() {
        let keys = [AztecAddress.zero] + ProtocolContracts.all.map(\.derivedAddress)
        let sorted = keys.sorted()
        let leaves = keys.map { key in
            let next = sorted.first { $0 > key } ?? .zero
            return IndexedLeaf.protocolContract(key.field, nextAddress: next.field)
        }
        #expect(MerkleRoots.balanced(leaves, height: ProtocolConstants.protocolContractTreeHeight, .poseidon2) == ProtocolContracts.treeRoot)
    }

    @Test func defaultKeys() {
        #expect(PublicKeys.default.hash() == fr("1d3bf1fb93ae0e9cda83b203dd91c3bfb492a9aecf30ec90e1057eced0f0e62d"))
        #expect(PublicKeys.zero.hash() == .zero)
    }

    static func registration(of contractClass: ContractClassPublic) -> ContractClassLog {
        let fields = [ContractEventTags.classRegistered, contractClass.id, 1, contractClass.artifactHash, contractClass.privateFunctionsRoot]
            + FieldPacking.unpadded(contractClass.packedBytecode)
        return ContractClassLog(contractAddress: ProtocolContracts.classRegisterer, fields: ContractClassLogFields(fields), emittedLength: UInt32(fields.count))
    }

    @Test func classRegistration() throws {
        let contractClass = ProtocolContract.feeJuice.contractClass()
        let log = Self.registration(of: contractClass)
        #expect(ContractClassRegisteredEvent.matches(log))
        let found = try ContractClassRegisteredEvent(log).verified()
        #expect(found.contractClass == contractClass)
        #expect(found.bytecodeCommitment == ProtocolContract.feeJuice.bytecodeCommitment)
        // One bit of the bytecode: another id.
        var altered = contractClass
        altered.packedBytecode[100] ^= 1
        #expect(throws: ContractEventError.self) { try ContractClassRegisteredEvent(Self.registration(of: altered)).verified() }
    }

    @Test func contractsOfABlock() throws {
        let contractClass = ProtocolContract.router.contractClass()
        var generator = SeededGenerator(seed: 5)
        let instance = generator.instance()
        let keys = instance.publicKeys.toFields()
        let deployed = PrivateLog(emitted: [
            ContractEventTags.instanceDeployed, 99, 1, instance.salt, instance.originalContractClassId, instance.initializationHash,
            keys[0], keys[1], keys[3], keys[4], keys[6], keys[7], keys[9], keys[10], instance.deployer.field,
        ])
        let updated = PublicLog(contractAddress: ProtocolContracts.instanceDeployer, emitted: [ContractEventTags.instanceUpdated, 99, 7, 8, 1000])
        let foreign = PublicLog(contractAddress: 77, emitted: [ContractEventTags.instanceUpdated, 99, 7, 8, 1000])
        var body = Body(txEffects: [TxEffect(
            nullifiers: [1], privateLogs: [deployed, PrivateLog(emitted: [1, 2])], publicLogs: [foreign, updated],
            contractClassLogs: [Self.registration(of: contractClass)])])
        let data = try BlockContractData(of: body)
        #expect(data.classes.map(\.contractClass) == [contractClass])
        #expect(data.instances.map(\.address) == [99])
        var expected = instance
        expected.currentContractClassId = instance.originalContractClassId
        #expect(data.instances.map(\.instance) == [expected])
        #expect(data.updates.map(\.address) == [99])
        #expect(data.updates.first?.update.classId(atBlock: 999) == 7)
        #expect(data.updates.first?.update.classId(atBlock: 1000) == 8)
        var second = deployed.fields
        second[2] = 2
        body.txEffects[0].privateLogs[0] = PrivateLog(emitted: second)
        #expect(throws: ContractEventError.self) { try BlockContractData(of: body) }
    }

    @Test func functionMembership() throws {
        var generator = SeededGenerator(seed: 6)
        let bytecode = generator.bytes(100), metadata = generator.field(), vkHash = generator.field(), artifactMetadata = generator.field()
        let selector = FunctionSelector(0x1234)
        let functions = [ContractDerivations.PrivateFunction(selector: 0x1234, vkHash: vkHash), .init(selector: 0x9999, vkHash: 5)]
        let leaves = functions.map(ContractDerivations.privateFunctionLeaf)
        let path = MerkleRoots.siblingPath(leaves, index: 0, height: 5, emptyLeaf: ContractDerivations.emptyPrivateFunctionLeaf, .poseidon2)
        let sibling = generator.field(), utilityRoot = generator.field()
        let leaf = ArtifactHash.function(selector: selector, metadataHash: metadata, bytecode: bytecode)
        let privateRoot = SHA256.reducedToField(sibling.bytes + leaf.bytes)
        var contractClass = ContractClassPublic(
            id: 1, artifactHash: ArtifactHash.artifact(privateRoot: privateRoot, utilityRoot: utilityRoot, metadataHash: artifactMetadata),
            privateFunctionsRoot: try #require(ContractDerivations.privateFunctionsRoot(functions)), packedBytecode: [])
        let function = ExecutablePrivateFunction(
            selector: selector, vkHash: vkHash, bytecode: bytecode, artifactMetadataHash: artifactMetadata, functionMetadataHash: metadata,
            utilityFunctionsTreeRoot: utilityRoot, privateFunctionTreeSiblingPath: path, privateFunctionTreeLeafIndex: 0,
            artifactTreeSiblingPath: [sibling], artifactTreeLeafIndex: 1)
        #expect(function.isMember(of: contractClass))
        var altered = function
        altered.bytecode[0] ^= 1
        #expect(!altered.isMember(of: contractClass))
        altered = function
        altered.vkHash += 1
        #expect(!altered.isMember(of: contractClass))

        let utility = UtilityFunction(
            selector: selector, bytecode: bytecode, artifactMetadataHash: artifactMetadata, functionMetadataHash: metadata,
            privateFunctionsArtifactTreeRoot: 12, artifactTreeSiblingPath: [sibling], artifactTreeLeafIndex: 1)
        contractClass.artifactHash = ArtifactHash.artifact(privateRoot: 12, utilityRoot: privateRoot, metadataHash: artifactMetadata)
        #expect(utility.isMember(of: contractClass))
        contractClass.artifactHash += 1
        #expect(!utility.isMember(of: contractClass))
    }
}
