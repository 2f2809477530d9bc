import Field
import Protocol

/// A rollup as its L1 contracts state it: addresses and constants (note 05 §1).
public struct RollupDeployment: Hashable, Sendable {
    public var addresses: L1ContractAddresses
    public var slasher: EthAddress
    public var chainID: UInt64
    public var version: UInt64
    public var l1StartBlock: UInt64
    /// Seconds since 1970.
    public var genesisTime: UInt64
    /// Seconds.
    public var slotDuration: UInt64
    /// Slots.
    public var epochDuration: UInt64
    /// Slots.
    public var proofSubmissionWindow: UInt64
    public var targetCommitteeSize: UInt64
    public var minimumStake: UInt256
    public var manaTarget: UInt256
    public var provingCostPerManaInEth: UInt256
    public var genesisArchiveRoot: Fr
    /// Of the governance proposer; nil where it does not answer.
    public var governanceQuorum: UInt64?
    public var governanceRoundSize: UInt64?

    public var contract: RollupContract { RollupContract(rollup: addresses.rollupAddress, inbox: addresses.inboxAddress) }
}

/// Quorum and round size of a proposer contract.
public struct VotingRules: Hashable, Sendable {
    public var quorum: UInt64
    public var roundSize: UInt64
}

extension L1Client {
    /// Finds a rollup from the registry, in three HTTP exchanges. `version` nil: the canonical one; a number that is no
    /// registered version is tried as an index, as the reference does.
    public func discover(registry: EthAddress, version: UInt64? = nil) async throws(L1Error) -> RollupDeployment {
        guard !registry.isZero else {
            throw L1Error(.noHost, "no registry address", advice: "set --registry-contract-address or REGISTRY_CONTRACT_ADDRESS, or choose a network")
        }
        do {
            // First exchange: which rollup.
            async let chain = chainID()
            async let governance = view(.address(registry, RegistryFunctions.getGovernance))
            let rollup: EthAddress
            if let version {
                async let byVersion = optionalView(.address(registry, RegistryFunctions.getRollup, .integer(UInt256(version))))
                async let atIndex = optionalView(.number(registry, RegistryFunctions.getVersion, .integer(UInt256(version))))
                if let found = try await byVersion {
                    rollup = found
                    _ = try await atIndex
                } else if let number = try await atIndex {
                    rollup = try await view(.address(registry, RegistryFunctions.getRollup, .integer(UInt256(number))))
                } else {
                    throw L1Error(.inconsistent, "Rollup address is undefined: registry \(registry) knows no version \(version)", advice: "correct --rollup-version or ROLLUP_VERSION")
                }
            } else {
                rollup = try await view(.address(registry, RegistryFunctions.getCanonicalRollup))
            }
            return try await describe(rollup, registry: registry, governance: try await governance, chainID: try await chain)
        } catch let error as L1Error {
            throw error
        } catch {
            throw L1Error(.inconsistent, "\(error)")
        }
    }

    private func describe(_ rollup: EthAddress, registry: EthAddress, governance: EthAddress, chainID: UInt64) async throws -> RollupDeployment {
        // Second exchange: the rollup's contracts and constants.
        typealias F = RollupFunctions
        async let governanceProposer = optionalView(.address(governance, GovernanceFunctions.governanceProposer))
        async let inbox = view(.address(rollup, F.getInbox))
        async let outbox = view(.address(rollup, F.getOutbox))
        async let portal = view(.address(rollup, F.getFeeAssetPortal))
        async let rewards = view(.address(rollup, F.getRewardDistributor))
        async let feeAsset = view(.address(rollup, F.getFeeAsset))
        async let stakingAsset = view(.address(rollup, F.getStakingAsset))
        async let slasher = view(.address(rollup, F.getSlasher))
        async let version = view(.number(rollup, F.getVersion))
        async let start = view(.number(rollup, F.l1BlockAtGenesis))
        async let genesisTime = view(.number(rollup, F.getGenesisTime))
        async let slotDuration = view(.number(rollup, F.getSlotDuration))
        async let epochDuration = view(.number(rollup, F.getEpochDuration))
        async let window = view(.number(rollup, F.getProofSubmissionWindow))
        async let committee = view(.number(rollup, F.getTargetCommitteeSize))
        async let stake = view(.word(rollup, F.getMinimumStake))
        async let manaTarget = view(.word(rollup, F.getManaTarget))
        async let provingCost = view(.word(rollup, F.getProvingCostPerManaInEth))
        async let genesisArchive = view(ViewCall(rollup, F.archiveAt, [.integer(0)]) { RollupContract.field($0[0]) })

        // Third exchange: what hangs on those.
        let proposer = try await governanceProposer ?? .zero
        let fees = try await feeAsset
        async let issuer = optionalView(.address(fees, GovernanceFunctions.owner))
        async let quorum = optionalView(.number(proposer, GovernanceFunctions.quorum))
        async let roundSize = optionalView(.number(proposer, GovernanceFunctions.roundSize))

        var addresses = L1ContractAddresses()
        addresses.rollupAddress = rollup
        addresses.registryAddress = registry
        addresses.governanceAddress = governance
        addresses.governanceProposerAddress = proposer
        addresses.inboxAddress = try await inbox
        addresses.outboxAddress = try await outbox
        addresses.feeJuicePortalAddress = try await portal
        addresses.rewardDistributorAddress = try await rewards
        addresses.feeJuiceAddress = fees
        addresses.stakingAssetAddress = try await stakingAsset
        addresses.coinIssuerAddress = try await issuer ?? .zero
        let deployment = RollupDeployment(
            addresses: addresses, slasher: try await slasher, chainID: chainID, version: try await version, l1StartBlock: try await start,
            genesisTime: try await genesisTime, slotDuration: try await slotDuration, epochDuration: try await epochDuration,
            proofSubmissionWindow: try await window, targetCommitteeSize: try await committee, minimumStake: try await stake,
            manaTarget: try await manaTarget, provingCostPerManaInEth: try await provingCost, genesisArchiveRoot: try await genesisArchive,
            governanceQuorum: try await quorum, governanceRoundSize: try await roundSize)
        guard deployment.slotDuration > 0, deployment.epochDuration > 0 else {
            throw L1Error(.inconsistent, "rollup \(rollup) states a slot or epoch duration of zero")
        }
        return deployment
    }

    /// Rules of the slashing proposer; only sequencers need them.
    public func slashingRules(slasher: EthAddress) async throws(L1Error) -> VotingRules {
        let proposer = try await view(.address(slasher, GovernanceFunctions.slashingProposer))
        return try await votingRules(proposer: proposer)
    }

    public func votingRules(proposer: EthAddress) async throws(L1Error) -> VotingRules {
        do {
            async let quorum = view(.number(proposer, GovernanceFunctions.quorum))
            async let roundSize = view(.number(proposer, GovernanceFunctions.roundSize))
            return VotingRules(quorum: try await quorum, roundSize: try await roundSize)
        } catch let error as L1Error {
            throw error
        } catch {
            throw L1Error(.inconsistent, "\(error)")
        }
    }

    /// nil where the contract reverts or does not answer such a call; failures of hosts still throw.
    func optionalView<Output: Sendable>(_ call: ViewCall<Output>) async throws(L1Error) -> Output? {
        do throws(L1Error) {
            return try await view(call)
        } catch {
            switch error.kind {
            case .reverted, .refused, .unsupported, .noContract: return nil
            default: throw error
            }
        }
    }
}
