import Field
import JSON
import Protocol

// The node itself and the heads of its chain.
extension NodeAPI {
    static let nodeMethods: [Method] = headMethods + blockMethods + stateMethods + messageMethods + logMethods + transactionMethods + poolMethods + contractMethods

    static let headMethods: [Method] = [
        Method(name: "getL2Tips", parameters: 0, caching: .untilHead) { api, _, writer throws(RPCFailure) in
            let (latest, proven, finalized) = try api.heights()
            writer.value(L2Tips(latest: try api.blockId(latest), proven: try api.blockId(proven), finalized: try api.blockId(finalized)))
            return true
        },
        Method(name: "getWorldStateSyncStatus", parameters: 0, caching: .untilHead) { api, _, writer throws(RPCFailure) in
            let heights = try api.chain.stateHeights()
            let finalized = try api.heights().finalized
            writer.value(WorldStateSyncStatus(
                latestBlockNumber: heights.latest, latestBlockHash: try api.chain.blockHash(heights.latest)?.hex ?? "",
                finalisedBlockNumber: max(heights.finalised, min(finalized, heights.latest)), oldestHistoricBlockNumber: heights.oldest, treesAreSynched: true))
            return true
        },
        Method(name: "getBlockNumber", parameters: 0) { api, _, writer throws(RPCFailure) in
            writer.value(try api.chain.latestNumber())
            return true
        },
        Method(name: "getProvenBlockNumber", parameters: 0) { api, _, writer throws(RPCFailure) in
            writer.value(try api.heights().proven)
            return true
        },
        // The reference's P2P client counts as running when P2P is off.
        Method(name: "isReady", parameters: 0) { _, _, writer in
            writer.value(true)
            return true
        },
        Method(name: "getNodeInfo", parameters: 0) { api, _, writer in
            writer.beginObject()
            writer.member("nodeVersion", api.facts.nodeVersion)
            writer.member("l1ChainId", api.facts.l1ChainId)
            writer.member("rollupVersion", api.facts.rollupVersion)
            writer.key("l1ContractAddresses")
            api.writeL1Contracts(&writer)
            writer.key("protocolContractAddresses")
            writer.value(protocolContracts)
            writer.endObject()
            return true
        },
        Method(name: "getNodeVersion", parameters: 0) { api, _, writer in
            writer.value(api.facts.nodeVersion)
            return true
        },
        Method(name: "getVersion", parameters: 0) { api, _, writer in
            writer.value(api.facts.rollupVersion)
            return true
        },
        Method(name: "getChainId", parameters: 0) { api, _, writer in
            writer.value(api.facts.l1ChainId)
            return true
        },
        Method(name: "getL1ContractAddresses", parameters: 0) { api, _, writer in
            api.writeL1Contracts(&writer)
            return true
        },
        Method(name: "getProtocolContractAddresses", parameters: 0) { _, _, writer in
            writer.value(protocolContracts)
            return true
        },
        encodedENR,
        // No sentinel runs in this node.
        Method(name: "getValidatorsStats", parameters: 0) { _, _, writer in
            writer.raw(#"{"stats":{},"slotWindow":0}"#.utf8)
            return true
        },
        Method(name: "getCurrentBaseFees", parameters: 0) { api, _, writer throws(RPCFailure) in
            writer.value(try api.currentBaseFees())
            return true
        },
        Method(name: "registerContractFunctionSignatures", parameters: 2) { api, parameters, _ throws(RPCFailure) in
            _ = parameters.aztecAddress(0)
            let signatures = parameters.strings(1)
            try parameters.finish()
            api.functionNames.register(signatures)
            return false
        },
    ]

    static let protocolContracts = ProtocolContractAddresses(
        classRegisterer: AztecAddress(3 as UInt64), feeJuice: AztecAddress(5 as UInt64), instanceDeployer: AztecAddress(2 as UInt64), multiCallEntrypoint: AztecAddress(4 as UInt64))

    /// Newest, proven and finalised block; two epochs behind proven counts as finalised on L1.
    func heights() throws(RPCFailure) -> (latest: Int, proven: Int, finalized: Int) {
        let latest = try chain.latestNumber()
        let proven = min(try chain.provenNumber(), latest)
        return (latest, proven, max(proven - 2 * Int(clamping: facts.schedule.epochDuration), 0))
    }

    func blockId(_ number: Int) throws(RPCFailure) -> L2BlockId {
        number == 0 ? .genesis : L2BlockId(number: number, hash: try chain.blockHash(number)?.hex)
    }

    /// In the order in which the reference reads them from L1.
    func writeL1Contracts(_ writer: inout JSONWriter) {
        let contracts = facts.l1Contracts
        writer.beginObject()
        writer.member("registryAddress", contracts.registryAddress)
        writer.member("governanceAddress", contracts.governanceAddress)
        writer.member("governanceProposerAddress", contracts.governanceProposerAddress)
        writer.member("rollupAddress", contracts.rollupAddress)
        writer.member("inboxAddress", contracts.inboxAddress)
        writer.member("outboxAddress", contracts.outboxAddress)
        writer.member("feeJuicePortalAddress", contracts.feeJuicePortalAddress)
        writer.member("feeJuiceAddress", contracts.feeJuiceAddress)
        writer.member("stakingAssetAddress", contracts.stakingAssetAddress)
        writer.member("rewardDistributorAddress", contracts.rewardDistributorAddress)
        writer.member("coinIssuerAddress", contracts.coinIssuerAddress)
        writer.member("slashFactoryAddress", ifPresent: contracts.slashFactoryAddress)
        writer.member("feeAssetHandlerAddress", ifPresent: contracts.feeAssetHandlerAddress)
        writer.member("stakingAssetHandlerAddress", ifPresent: contracts.stakingAssetHandlerAddress)
        writer.endObject()
    }

    /// Fees of the next block: at the later of the next L2 slot and the next L1 block.
    func currentBaseFees() throws(RPCFailure) -> GasFees {
        let latest = try chain.latestNumber()
        let slot = latest == 0 ? 0 : try chain.header(latest).flatMap { $0.globalVariables.slotNumber.uint64 } ?? 0
        let next = facts.schedule.timestamp(ofSlot: slot + 1)
        guard let l1 = try chain.l1Timestamp() else { throw .failed("No L1 block has been read yet") }
        let time = max(next, l1 + facts.schedule.ethereumSlotDuration)
        guard let fee = try chain.manaBaseFee(slot: facts.schedule.slot(at: time)) else {
            throw .failed("The mana base fee at L1 time \(time) has not been read from L1 yet")
        }
        return GasFees(feePerDaGas: .zero, feePerL2Gas: fee)
    }
}
