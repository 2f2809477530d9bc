import Bytes
import Field
import FieldKit
import JSON
import Protocol
import Testing

/// A type with valid encodings to start from.
struct FuzzTarget: Sendable, CustomTestStringConvertible {
    let name: String
    let seeds: [[UInt8]]
    /// Decodes and encodes again; nil when the bytes are refused.
    let recode: @Sendable ([UInt8]) -> [UInt8]?
    /// A valid JSON text, and what reading and printing one gives.
    let json: (@Sendable () -> [UInt8])?
    let rejson: (@Sendable ([UInt8]) -> [UInt8]?)?

    var testDescription: String { name }

    init<T: BinaryCodable & Sendable>(_ type: T.Type, _ seeds: [[UInt8]]) {
        name = "\(type)"
        self.seeds = seeds
        recode = { (try? T(prefixOf: $0))?.serialized }
        json = nil
        rejson = nil
    }

    init<T: BinaryCodable & JSONEncodable & JSONDecodable & Sendable>(both type: T.Type, _ seeds: [[UInt8]]) {
        name = "\(type)"
        self.seeds = seeds
        recode = { (try? T(prefixOf: $0))?.serialized }
        json = { (try? T(prefixOf: seeds[0]))?.jsonBytes ?? [] }
        rejson = { text in
            guard let document = try? JSONDocument.parse(text), let value = try? T(json: document.root) else { return nil }
            return value.jsonBytes
        }
    }

    /// Types of one fixed layout decode from zeros.
    static func zeros(_ count: Int) -> [[UInt8]] { [[UInt8](repeating: 0, count: count)] }

    static let all: [FuzzTarget] = primitives + blocks + logs + contracts + transactions + blobs

    static let primitives: [FuzzTarget] = [
        FuzzTarget(both: AztecAddress.self, zeros(32)), FuzzTarget(both: EthAddress.self, zeros(20)), FuzzTarget(both: TxHash.self, zeros(32)),
        FuzzTarget(both: Bytes32.self, zeros(32)), FuzzTarget(both: L2BlockHash.self, zeros(32)), FuzzTarget(both: FunctionSelector.self, zeros(4)),
        FuzzTarget(both: Point.self, zeros(64)), FuzzTarget(both: RevertCode.self, zeros(1)), FuzzTarget(both: Signature.self, zeros(68)),
        FuzzTarget(both: Gas.self, zeros(8)), FuzzTarget(both: GasFees.self, zeros(64)), FuzzTarget(both: GasSettings.self, zeros(144)),
    ]

    static let blocks: [FuzzTarget] = {
        var generator = SeededGenerator(seed: 20)
        let header = generator.header()
        let bodies = [generator.body(1), generator.body(3)]
        return [
            FuzzTarget(both: AppendOnlyTreeSnapshot.self, [header.lastArchive.serialized]),
            FuzzTarget(both: StateReference.self, [header.state.serialized]), FuzzTarget(both: PartialStateReference.self, [header.state.partial.serialized]),
            FuzzTarget(both: TreeSnapshots.self, zeros(144)), FuzzTarget(both: ContentCommitment.self, [header.contentCommitment.serialized]),
            FuzzTarget(both: GlobalVariables.self, [header.globalVariables.serialized]), FuzzTarget(both: BlockHeader.self, [header.serialized]),
            FuzzTarget(both: ProposedBlockHeader.self, [header.proposed?.serialized ?? []]),
            FuzzTarget(both: TxEffect.self, bodies[0].txEffects.map(\.serialized)), FuzzTarget(both: Body.self, bodies.map(\.serialized)),
            FuzzTarget(both: L2Block.self, [generator.block(0).serialized, generator.block(2).serialized]),
        ]
    }()

    static let logs: [FuzzTarget] = {
        var generator = SeededGenerator(seed: 21)
        let privateLog = PrivateLog(emitted: generator.fields(5...18))
        let publicLog = PublicLog(contractAddress: 2, emitted: generator.fields(5...13))
        let classLog = ContractClassLog(contractAddress: 3, fields: ContractClassLogFields(generator.fields(5...40)), emittedLength: 40)
        let id = LogId(blockNumber: 1, txIndex: 2, logIndex: 3)
        let hash = TxHash(generator.field())
        return [
            FuzzTarget(both: PrivateLog.self, [privateLog.serialized]), FuzzTarget(both: PublicLog.self, [publicLog.serialized]),
            FuzzTarget(both: ContractClassLogFields.self, [classLog.fields.serialized]), FuzzTarget(both: ContractClassLog.self, [classLog.serialized]),
            FuzzTarget(both: LogId.self, [id.serialized]), FuzzTarget(both: ExtendedPublicLog.self, [ExtendedPublicLog(id: id, log: publicLog).serialized]),
            FuzzTarget(both: ExtendedContractClassLog.self, [ExtendedContractClassLog(id: id, log: classLog).serialized]),
            FuzzTarget(both: TxScopedL2Log.self, [TxScopedL2Log.Log.privateLog(privateLog), .publicLog(publicLog)].map {
                TxScopedL2Log(txHash: hash, dataStartIndexForTx: 1, logIndexInTx: 2, blockNumber: 3, log: $0).serialized
            }),
            FuzzTarget(both: PublicDataWrite.self, zeros(64)),
        ]
    }()

    static let contracts: [FuzzTarget] = {
        var generator = SeededGenerator(seed: 22)
        let instance = generator.instance()
        var contractClass = ProtocolContract.router.contractClass()
        contractClass.utilityFunctions = [UtilityFunction(
            selector: .publicDispatch, bytecode: generator.bytes(40), artifactMetadataHash: generator.field(), functionMetadataHash: generator.field(),
            privateFunctionsArtifactTreeRoot: generator.field(), artifactTreeSiblingPath: generator.fields(2...5), artifactTreeLeafIndex: 3)]
        contractClass.privateFunctions = [ExecutablePrivateFunction(
            selector: .publicDispatch, vkHash: generator.field(), bytecode: generator.bytes(40), artifactMetadataHash: generator.field(),
            functionMetadataHash: generator.field(), utilityFunctionsTreeRoot: generator.field(),
            privateFunctionTreeSiblingPath: generator.fields(5...5), privateFunctionTreeLeafIndex: 1, artifactTreeSiblingPath: generator.fields(1...5),
            artifactTreeLeafIndex: 1)]
        let path = SiblingPath(generator.fields(40...40))
        return [
            FuzzTarget(both: PublicKeys.self, [instance.publicKeys.serialized]), FuzzTarget(both: ContractInstance.self, [instance.serialized]),
            FuzzTarget(both: ContractInstanceUpdate.self, zeros(68)), FuzzTarget(both: ContractClassPublic.self, [contractClass.serialized]),
            FuzzTarget(both: NullifierLeaf.self, zeros(32)), FuzzTarget(both: NullifierLeafPreimage.self, zeros(96)),
            FuzzTarget(both: PublicDataTreeLeaf.self, zeros(64)), FuzzTarget(both: PublicDataTreeLeafPreimage.self, zeros(128)),
            FuzzTarget(both: SiblingPath.self, [path.serialized]),
            FuzzTarget(both: PublicDataWitness.self, [PublicDataWitness(index: 7, leafPreimage: .zero, siblingPath: path).serialized]),
            FuzzTarget(L1Actor.self, zeros(24)), FuzzTarget(L2Actor.self, zeros(36)), FuzzTarget(L1ToL2Message.self, zeros(156)),
            FuzzTarget(InboxLeaf.self, zeros(64)),
        ]
    }()

    /// Txs themselves have a suite of their own.
    static let transactions: [FuzzTarget] = {
        let privateTail = [UInt8](repeating: 0, count: 24422)
        // No proof, no class log, one list of calldata with two values.
        let rest: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 0, 0, 2] + [UInt8](repeating: 0, count: 96)
        let payload = [UInt8](repeating: 0, count: 527) + [1] + [UInt8](repeating: 0, count: 32)
        let attestation = [UInt8](repeating: 0, count: 32) + payload + [UInt8](repeating: 0, count: 68)
        return [
            FuzzTarget(both: HashedValues.self, [[0, 0, 0, 2] + [UInt8](repeating: 0, count: 96)]),
            FuzzTarget(both: ClientIvcProof.self, [[0, 0, 0, 5, 1, 2, 3, 4, 5]]),
            FuzzTarget(both: ConsensusPayload.self, [payload]), FuzzTarget(both: BlockAttestation.self, [attestation]),
            FuzzTarget(BlockProposal.self, [attestation, attestation + [0, 0, 0, 1] + privateTail + rest]),
            FuzzTarget(P2PMessage.self, [[UInt8](repeating: 0, count: 40) + [0, 0, 0, 3, 1, 2, 3]]),
            FuzzTarget(both: CombinedConstantData.self, zeros(1196)),
        ]
    }()

    /// Blob words have another decoder than the binary form: what it accepts must encode to words that mean the same.
    static let blobs: [FuzzTarget] = {
        var generator = SeededGenerator(seed: 23)
        let words = [generator.body(1), generator.body(3)].map { ($0.blobFields() ?? []).flatMap(\.bytes) }
        return [FuzzTarget(BlobWordsBody.self, words)]
    }()
}

/// A body whose binary form is its blob words.
struct BlobWordsBody: BinaryCodable, Sendable {
    var body: Body

    init(from reader: inout ByteReader) throws(DecodingError) { body = try Body(blobs: try reader.read(reader.remaining)) }

    func write(to writer: inout ByteWriter) { writer.writeAll(body.blobFields() ?? []) }
}
