/// Contract functions the node calls or reads (note 05 §9), by contract. Selectors follow from the signatures.
public enum RollupFunctions {
    public static let propose = ABIFunction("propose((bytes32,bytes,(int256),bytes,bytes32[]),(bool,uint8,bytes32,bytes32)[],bytes)")
    public static let validateHeader = ABIFunction("validateHeader(bytes,(bool,uint8,bytes32,bytes32)[],bytes32,uint256,bytes32,(bool,bool))")
    public static let validateBlobs = ABIFunction("validateBlobs(bytes)", "(bytes32[],bytes32,bytes32)")
    public static let canProposeAtTime = ABIFunction("canProposeAtTime(uint256,bytes32)", "(uint256,uint256)")
    public static let status = ABIFunction("status(uint256)", "(uint256,bytes32,uint256,bytes32,bytes32,uint256)")
    public static let archive = ABIFunction("archive()", "(bytes32)")
    public static let archiveAt = ABIFunction("archiveAt(uint256)", "(bytes32)")
    public static let getBlock = ABIFunction("getBlock(uint256)", "((bytes32,bytes32,uint256))")
    public static let getPendingBlockNumber = ABIFunction("getPendingBlockNumber()", "(uint256)")
    public static let getProvenBlockNumber = ABIFunction("getProvenBlockNumber()", "(uint256)")
    public static let getTips = ABIFunction("getTips()", "((uint256,uint256))")
    public static let canPruneAtTime = ABIFunction("canPruneAtTime(uint256)", "(bool)")
    public static let getEpochForBlock = ABIFunction("getEpochForBlock(uint256)", "(uint256)")
    public static let l1BlockAtGenesis = ABIFunction("L1_BLOCK_AT_GENESIS()", "(uint256)")
    public static let getGenesisTime = ABIFunction("getGenesisTime()", "(uint256)")
    public static let getVersion = ABIFunction("getVersion()", "(uint256)")
    public static let getSlotDuration = ABIFunction("getSlotDuration()", "(uint256)")
    public static let getEpochDuration = ABIFunction("getEpochDuration()", "(uint256)")
    public static let getProofSubmissionWindow = ABIFunction("getProofSubmissionWindow()", "(uint256)")
    public static let getTargetCommitteeSize = ABIFunction("getTargetCommitteeSize()", "(uint256)")
    public static let getCurrentSlot = ABIFunction("getCurrentSlot()", "(uint256)")
    public static let getCurrentEpoch = ABIFunction("getCurrentEpoch()", "(uint256)")
    public static let getSlotAt = ABIFunction("getSlotAt(uint256)", "(uint256)")
    public static let getEpochAt = ABIFunction("getEpochAt(uint256)", "(uint256)")
    public static let getEpochAtSlot = ABIFunction("getEpochAtSlot(uint256)", "(uint256)")
    public static let getTimestampForSlot = ABIFunction("getTimestampForSlot(uint256)", "(uint256)")
    public static let getCurrentProposer = ABIFunction("getCurrentProposer()", "(address)")
    public static let getProposerAt = ABIFunction("getProposerAt(uint256)", "(address)")
    public static let getCurrentEpochCommittee = ABIFunction("getCurrentEpochCommittee()", "(address[])")
    public static let getCommitteeAt = ABIFunction("getCommitteeAt(uint256)", "(address[])")
    public static let getEpochCommittee = ABIFunction("getEpochCommittee(uint256)", "(address[])")
    public static let getAttesters = ABIFunction("getAttesters()", "(address[])")
    public static let getSampleSeedAt = ABIFunction("getSampleSeedAt(uint256)", "(uint256)")
    public static let getCurrentSampleSeed = ABIFunction("getCurrentSampleSeed()", "(uint256)")
    public static let getManaBaseFeeAt = ABIFunction("getManaBaseFeeAt(uint256,bool)", "(uint256)")
    public static let getManaBaseFeeComponentsAt = ABIFunction("getManaBaseFeeComponentsAt(uint256,bool)", "((uint256,uint256,uint256,uint256))")
    public static let getManaTarget = ABIFunction("getManaTarget()", "(uint256)")
    public static let getManaLimit = ABIFunction("getManaLimit()", "(uint256)")
    public static let getL1FeesAt = ABIFunction("getL1FeesAt(uint256)", "((uint256,uint256))")
    public static let getFeeAssetPerEth = ABIFunction("getFeeAssetPerEth()", "(uint256)")
    public static let getProvingCostPerManaInEth = ABIFunction("getProvingCostPerManaInEth()", "(uint256)")
    public static let getProvingCostPerManaInFeeAsset = ABIFunction("getProvingCostPerManaInFeeAsset()", "(uint256)")
    public static let getFeeHeader = ABIFunction("getFeeHeader(uint256)", "((uint256,uint256,uint256,uint256,uint256))")
    public static let getInbox = ABIFunction("getInbox()", "(address)")
    public static let getOutbox = ABIFunction("getOutbox()", "(address)")
    public static let getFeeAsset = ABIFunction("getFeeAsset()", "(address)")
    public static let getFeeAssetPortal = ABIFunction("getFeeAssetPortal()", "(address)")
    public static let getRewardDistributor = ABIFunction("getRewardDistributor()", "(address)")
    public static let getStakingAsset = ABIFunction("getStakingAsset()", "(address)")
    public static let getSlasher = ABIFunction("getSlasher()", "(address)")
    public static let getMinimumStake = ABIFunction("getMinimumStake()", "(uint256)")
    public static let getProposerForAttester = ABIFunction("getProposerForAttester(address)", "(address)")
    public static let getActiveAttesterCount = ABIFunction("getActiveAttesterCount()", "(uint256)")
    public static let getInfo = ABIFunction("getInfo(address)", "((uint256,address,address,uint8))")
    public static let prune = ABIFunction("prune()")
    public static let setupEpoch = ABIFunction("setupEpoch()")
    public static let setupSeedSnapshotForNextEpoch = ABIFunction("setupSeedSnapshotForNextEpoch()")
    public static let updateL1GasFeeOracle = ABIFunction("updateL1GasFeeOracle()")
    public static let checkBlob = ABIFunction("checkBlob()", "(bool)")
    public static let deposit = ABIFunction("deposit(address,address,address,uint256)")
    public static let initiateWithdraw = ABIFunction("initiateWithdraw(address,address)", "(bool)")
    public static let finaliseWithdraw = ABIFunction("finaliseWithdraw(address)")
    public static let claimSequencerRewards = ABIFunction("claimSequencerRewards(address)", "(uint256)")

    public static let all = [
        propose, validateHeader, validateBlobs, canProposeAtTime, status, archive, archiveAt, getBlock, getPendingBlockNumber, getProvenBlockNumber,
        getTips, canPruneAtTime, getEpochForBlock, l1BlockAtGenesis, getGenesisTime, getVersion, getSlotDuration, getEpochDuration,
        getProofSubmissionWindow, getTargetCommitteeSize, getCurrentSlot, getCurrentEpoch, getSlotAt, getEpochAt, getEpochAtSlot, getTimestampForSlot,
        getCurrentProposer, getProposerAt, getCurrentEpochCommittee, getCommitteeAt, getEpochCommittee, getAttesters, getSampleSeedAt,
        getCurrentSampleSeed, getManaBaseFeeAt, getManaBaseFeeComponentsAt, getManaTarget, getManaLimit, getL1FeesAt, getFeeAssetPerEth,
        getProvingCostPerManaInEth, getProvingCostPerManaInFeeAsset, getFeeHeader, getInbox, getOutbox, getFeeAsset, getFeeAssetPortal,
        getRewardDistributor, getStakingAsset, getSlasher, getMinimumStake, getProposerForAttester, getActiveAttesterCount, getInfo, prune, setupEpoch,
        setupSeedSnapshotForNextEpoch, updateL1GasFeeOracle, checkBlob, deposit, initiateWithdraw, finaliseWithdraw, claimSequencerRewards,
    ]
}

public enum RegistryFunctions {
    public static let getCanonicalRollup = ABIFunction("getCanonicalRollup()", "(address)")
    public static let getRollup = ABIFunction("getRollup(uint256)", "(address)")
    public static let getVersion = ABIFunction("getVersion(uint256)", "(uint256)")
    public static let numberOfVersions = ABIFunction("numberOfVersions()", "(uint256)")
    public static let getGovernance = ABIFunction("getGovernance()", "(address)")

    public static let all = [getCanonicalRollup, getRollup, getVersion, numberOfVersions, getGovernance]
}

public enum InboxFunctions {
    public static let getState = ABIFunction("getState()", "((bytes16,uint64,uint64))")
    public static let getRoot = ABIFunction("getRoot(uint256)", "(bytes32)")
    public static let sendL2Message = ABIFunction("sendL2Message((bytes32,uint256),bytes32,bytes32)", "(bytes32,uint256)")

    public static let all = [getState, getRoot, sendL2Message]
}

public enum OutboxFunctions {
    public static let getRootData = ABIFunction("getRootData(uint256)", "(bytes32,uint256)")
    public static let consume = ABIFunction("consume(((bytes32,uint256),(address,uint256),bytes32),uint256,uint256,bytes32[])")

    public static let all = [getRootData, consume]
}

public enum ForwarderFunctions {
    public static let forward = ABIFunction("forward(address[],bytes[])")

    public static let all = [forward]
}

public enum GovernanceFunctions {
    public static let governanceProposer = ABIFunction("governanceProposer()", "(address)")
    /// Of the Slasher.
    public static let slashingProposer = ABIFunction("PROPOSER()", "(address)")
    /// Of every ownable contract.
    public static let owner = ABIFunction("owner()", "(address)")
    /// Of both proposers (governance and slashing).
    public static let vote = ABIFunction("vote(address)", "(bool)")
    public static let computeRound = ABIFunction("computeRound(uint256)", "(uint256)")
    public static let executeProposal = ABIFunction("executeProposal(uint256)", "(bool)")
    public static let rounds = ABIFunction("rounds(address,uint256)", "(uint256,address,bool)")
    public static let quorum = ABIFunction("N()", "(uint256)")
    public static let roundSize = ABIFunction("M()", "(uint256)")
    /// Of the slash factory.
    public static let getAddressAndIsDeployed = ABIFunction("getAddressAndIsDeployed(uint256,uint256)", "(address,bool)")
    /// Of the staking asset handler.
    public static let addValidator = ABIFunction("addValidator(address,address)")
    /// Of the fee juice portal.
    public static let depositToAztecPublic = ABIFunction("depositToAztecPublic(bytes32,uint256,bytes32)", "(bytes32,uint256)")

    public static let all = [
        governanceProposer, slashingProposer, owner, vote, computeRound, executeProposal, rounds, quorum, roundSize, getAddressAndIsDeployed, addValidator,
        depositToAztecPublic,
    ]
}

/// Bundlers other than the Forwarder whose calls are looked into when a block is read.
enum BundlerFunctions {
    static let aggregate3 = ABIFunction("aggregate3((address,bool,bytes)[])")
    static let aggregate3Value = ABIFunction("aggregate3Value((address,bool,uint256,bytes)[])")
    static let aggregate = ABIFunction("aggregate((address,bytes)[])")
    static let blockAndAggregate = ABIFunction("blockAndAggregate((address,bytes)[])")
    static let tryAggregate = ABIFunction("tryAggregate(bool,(address,bytes)[])")
    static let tryBlockAndAggregate = ABIFunction("tryBlockAndAggregate(bool,(address,bytes)[])")
}
