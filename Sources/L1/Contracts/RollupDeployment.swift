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
        // Second exchange: the rollup's contracts and constants. Tasks instead of `async let`: the compiler takes minutes
        // over a function with this many of them, since each failure cleans up all the others.
        typealias F = RollupFunctions
        let governanceProposer = beginOptional(.address(governance, GovernanceFunctions.governanceProposer))
        let inbox = begin(.address(rollup, F.getInbox))
        let outbox = begin(.address(rollup, F.getOutbox))
        let portal = begin(.address(rollup, F.getFeeAssetPortal))
        let rewards = begin(.address(rollup, F.getRewardDistributor))
        let feeAsset = begin(.address(rollup, F.getFeeAsset))
        let stakingAsset = begin(.address(rollup, F.getStakingAsset))
        let slasher = begin(.address(rollup, F.getSlasher))
        let version = begin(.number(rollup, F.getVersion))
        let startBlock = begin(.number(rollup, F.l1BlockAtGenesis))
        let genesisTime = begin(.number(rollup, F.getGenesisTime))
        let slotDuration = begin(.number(rollup, F.getSlotDuration))
        let epochDuration = begin(.number(rollup, F.getEpochDuration))
        let window = begin(.number(rollup, F.getProofSubmissionWindow))
        let committee = begin(.number(rollup, F.getTargetCommitteeSize))
        let stake = begin(.word(rollup, F.getMinimumStake))
        let manaTarget = begin(.word(rollup, F.getManaTarget))
        let provingCost = begin(.word(rollup, F.getProvingCostPerManaInEth))
        let genesisArchive = begin(ViewCall(rollup, F.archiveAt, [.integer(0)]) { RollupContract.field($0[0]) })

        // Third exchange: what hangs on those.
        let proposer = try await governanceProposer.value ?? .zero
        let fees = try await feeAsset.value
        let issuer = beginOptional(.address(fees, GovernanceFunctions.owner))
        let quorum = beginOptional(.number(proposer, GovernanceFunctions.quorum))
        let roundSize = beginOptional(.number(proposer, GovernanceFunctions.roundSize))

        var addresses = L1ContractAddresses()
        addresses.rollupAddress = rollup
        addresses.registryAddress = registry
        addresses.governanceAddress = governance
        addresses.governanceProposerAddress = proposer
        addresses.inboxAddress = try await inbox.value
        addresses.outboxAddress = try await outbox.value
        addresses.feeJuicePortalAddress = try await portal.value
        addresses.rewardDistributorAddress = try await rewards.value
        addresses.feeJuiceAddress = fees
        addresses.stakingAssetAddress = try await stakingAsset.value
        addresses.coinIssuerAddress = try await issuer.value ?? .zero
        let deployment = RollupDeployment(
            addresses: addresses, slasher: try await slasher.value, chainID: chainID, version: try await version.value, l1StartBlock: try await startBlock.value,
            genesisTime: try await genesisTime.value, slotDuration: try await slotDuration.value, epochDuration: try await epochDuration.value,
            proofSubmissionWindow: try await window.value, targetCommitteeSize: try await committee.value, minimumStake: try await stake.value,
            manaTarget: try await manaTarget.value, provingCostPerManaInEth: try await provingCost.value, genesisArchiveRoot: try await genesisArchive.value,
            governanceQuorum: try await quorum.value, governanceRoundSize: try await roundSize.value)
        guard deployment.slotDuration > 0, deployment.epochDuration > 0 else {
            throw L1Error(.inconsistent, "rollup \(rollup) states a slot or epoch duration of zero")
        }
        // Times are computed from these without looking for overflow.
        guard deployment.slotDuration < 1 << 32, deployment.epochDuration < 1 << 32, deployment.proofSubmissionWindow < 1 << 32, deployment.genesisTime < 1 << 33 else {
            throw L1Error(.inconsistent, "rollup \(rollup) states a genesis time or durations that cannot be")
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

    private func begin<Output: Sendable>(_ call: ViewCall<Output>) -> Task<Output, any Error> { Task { try await view(call) } }
    private func beginOptional<Output: Sendable>(_ call: ViewCall<Output>) -> Task<Output?, any Error> { Task { try await optionalView(call) } }

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
