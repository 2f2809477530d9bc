import Bytes
import Field
import Hashing
import JSON
import Protocol

// Txs and what is in them, consensus objects, receipts and the types of the node's JSON interface.
extension TypesConformance {
    static let transactionEntries: [TypeEntry] = kernelEntries + consensusEntries + executionEntries + nodeEntries

    static let transactionFiles: [String: SpecialCheck] = [
        "EpochHelpers": checkEpochHelpers, "ComponentVersions": checkComponentVersions, "NodeApiMethods": checkNodeMethods,
    ]

    private static let kernelEntries: [TypeEntry] = [
        TypeEntry("LogHash", LogHash.self),
        TypeEntry("ScopedLogHash", ScopedLogHash.self),
        TypeEntry("L2ToL1Message", L2ToL1Message.self),
        TypeEntry("ScopedL2ToL1Message", ScopedL2ToL1Message.self, derived: { message, given in
            guard let version = given["version"], let chainId = given["chainId"] else { return [:] }
            let siloed = message.siloed(version: try field(version), chainId: try field(chainId))
            return ["version": version, "chainId": chainId, "siloed": .string(siloed.hex)]
        }),
        TypeEntry("PublicCallRequest", PublicCallRequest.self, derived: { request, _ in ["isEmpty": .bool(request.isEmpty)] }),
        TypeEntry("MaxBlockNumber", MaxBlockNumber.self),
        TypeEntry("TxContext", TxContext.self),
        TypeEntry("TxConstantData", TxConstantData.self),
        TypeEntry("CombinedConstantData", CombinedConstantData.self),
        TypeEntry("PrivateKernelTailCircuitPublicInputs", PrivateKernelTailCircuitPublicInputs.self, derived: { data, _ in
            let fields = data.hashedFields
            return [
                "isForPublic": .bool(data.isForPublic), "size": .number(data.size), "hash": .string(data.hash().hex),
                "hashFieldCount": .number(fields.count), "hashFieldsSha256": .string(SHA256.hash(fields.flatMap(\.bytes)).hex),
                "noteHashes": .number(data.nonEmptyNoteHashes.count), "nullifiers": .number(data.nonEmptyNullifiers.count),
                "privateLogs": .number(data.nonEmptyPrivateLogs.count), "publicCallRequests": .number(data.numberOfPublicCallRequests),
            ]
        }, identity: { $0.hash().hex }),
        TypeEntry("ClientIvcProof", ClientIvcProof.self, derived: { proof, _ in ["isEmpty": .bool(proof.isEmpty)] }),
        TypeEntry("HashedValues", HashedValues.self, derived: { values, _ in ["size": .number(values.size)] }),
        TypeEntry("Tx", Tx.self, derived: { tx, _ in try derived(tx) }, identity: { $0.hash().hex }),
    ]

    private static let consensusEntries: [TypeEntry] = [
        TypeEntry("ConsensusPayload", ConsensusPayload.self, derived: { payload, _ in
            [
                "payloadToSignProposal": .string(payload.payloadToSign(.blockProposal).hex),
                "payloadToSignAttestation": .string(payload.payloadToSign(.blockAttestation).hex),
                "hashProposal": .string(payload.hash(.blockProposal).hex),
                "hashAttestation": .string(payload.hash(.blockAttestation).hex),
                "ethSignedProposal": .string(payload.ethSignedMessageHash(.blockProposal).hex),
                "ethSignedAttestation": .string(payload.ethSignedMessageHash(.blockAttestation).hex),
                "headerHash": .string(payload.header.hash().hex), "size": .number(payload.size),
            ]
        }),
        TypeEntry("BlockAttestation", BlockAttestation.self, derived: { attestation, given in
            let sender = attestation.sender()
            var writer = JSONWriter()
            attestation.write(to: &writer, printingSize: true, sender: sender, messageIdentifier: attestation.messageIdentifier)
            return [
                "sender": try signer(sender, given), "p2pId": .string(attestation.messageIdentifier.hex), "archive": .string(attestation.archive.hex),
                "slotNumber": .string(attestation.slotNumber.hex), "getSize": .number(attestation.size),
                "jsonAfterUse": try keys(writer.bytes),
            ]
        }, identity: { try required($0.sender(), "signer").hex }),
        TypeEntry("BlockProposal", BlockProposal.self, derived: { proposal, given in
            [
                "sender": try signer(proposal.sender(), given), "p2pId": .string(proposal.messageIdentifier.hex),
                "archive": .string(proposal.archive.hex), "slotNumber": .string(proposal.slotNumber.hex), "getSize": .number(proposal.size),
                "txs": proposal.txs.map { .number($0.count) } ?? .null,
            ]
        }, identity: { try required($0.sender(), "signer").hex }),
        TypeEntry("P2PMessage", P2PMessage.self, derived: { message, _ in
            ["publishTimeMs": .number(message.publishTime), "id": .string(message.id.hex), "payload": .string(message.payload.hex)]
        }),
        TypeEntry("PeerInfo", PeerInfo.self),
    ]

    private static let executionEntries: [TypeEntry] = [
        TypeEntry("SimulationError", SimulationError.self, derived: { error, _ in
            ["getMessage": .string(error.message), "originalMessage": .string(error.originalMessage)]
        }),
        TypeEntry("PublicSimulationOutput", PublicSimulationOutput.self),
    ]

    private static let nodeEntries: [TypeEntry] = [
        TypeEntry("AllowedElement", AllowedElement.self),
        TypeEntry("IndexedTxEffect", IndexedTxEffect.self),
        TypeEntry("L1ContractAddresses", L1ContractAddresses.self),
        TypeEntry("L1RollupConstants", L1RollupConstants.self),
        TypeEntry("L2BlockNumber", L2BlockNumber.self),
        TypeEntry("L2Tips", L2Tips.self),
        TypeEntry("LogFilter", LogFilter.self),
        TypeEntry("NodeInfo", NodeInfo.self),
        TypeEntry("ProtocolContractAddresses", ProtocolContractAddresses.self),
        TypeEntry("SequencerConfig", SequencerConfig.self),
        TypeEntry("SnapshotsIndex", SnapshotsIndex.self),
        TypeEntry("TxReceipt", TxReceipt.self),
        TypeEntry("TxValidationResult", TxValidationResult.self),
        TypeEntry("UploadSnapshotMetadata", UploadSnapshotMetadata.self),
        TypeEntry("ValidatorsStats", ValidatorsStats.self),
        TypeEntry("WorldStateSyncStatus", WorldStateSyncStatus.self),
    ]
}
