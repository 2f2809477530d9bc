/// Custom errors by the contracts that declare them (l1-contracts of 0.87.7, note 05 §9).
public enum ErrorCatalogue {
    /// `Error(string)` and `Panic(uint256)` of the language itself.
    public static let builtIn: [ABIError] = ["Error(string)", "Panic(uint256)"].map(ABIError.init)

    /// Errors of the two shared libraries (core and governance), which every contract of the rollup may raise.
    public static let common: [ABIError] = [
        "AddressSnapshotLib__IndexOutOfBounds(uint256,uint256)", "CoinIssuer__InsufficientMintAvailable(uint256,uint256)",
        "DevNet__InvalidProposer(address,address)", "DevNet__NoPruningAllowed()", "FeeJuicePortal__AlreadyInitialized()",
        "FeeJuicePortal__InvalidInitialization()", "FeeJuicePortal__Unauthorized()", "FeeLib__InvalidFeeAssetPriceModifier()",
        "GovernanceProposer__CanOnlyExecuteProposalInPast()", "GovernanceProposer__FailedToPropose(address)",
        "GovernanceProposer__InstanceHaveNoCode(address)", "GovernanceProposer__InsufficientVotes(uint256,uint256)",
        "GovernanceProposer__InvalidNAndMValues(uint256,uint256)", "GovernanceProposer__NCannotBeLargerTHanM(uint256,uint256)",
        "GovernanceProposer__OnlyProposerCanVote(address,address)", "GovernanceProposer__ProposalAlreadyExecuted(uint256)",
        "GovernanceProposer__ProposalCannotBeAddressZero()", "GovernanceProposer__ProposalHaveNoCode(address)",
        "GovernanceProposer__ProposalTooOld(uint256,uint256)", "GovernanceProposer__VoteAlreadyCastForSlot(uint256)",
        "Governance__CallFailed(address)", "Governance__CallerNotGovernanceProposer(address,address)", "Governance__CallerNotSelf(address,address)",
        "Governance__CannotCallAsset()", "Governance__ConfigurationLib__DifferentialTooBig()",
        "Governance__ConfigurationLib__DifferentialTooSmall()", "Governance__ConfigurationLib__InvalidMinimumVotes()",
        "Governance__ConfigurationLib__LockAmountTooSmall()", "Governance__ConfigurationLib__QuorumTooBig()",
        "Governance__ConfigurationLib__QuorumTooSmall()", "Governance__ConfigurationLib__TimeTooBig(string)",
        "Governance__ConfigurationLib__TimeTooSmall(string)", "Governance__InsufficientPower(address,uint256,uint256)",
        "Governance__InvalidConfiguration()", "Governance__NoCheckpointsFound()", "Governance__ProposalAlreadyDropped()",
        "Governance__ProposalCannotBeDropped()", "Governance__ProposalDoesNotExists(uint256)", "Governance__ProposalLib__MoreVoteThanExistNeeded()",
        "Governance__ProposalLib__MoreYeaVoteThanExistNeeded()", "Governance__ProposalLib__ZeroMinimum()",
        "Governance__ProposalLib__ZeroVotesNeeded()", "Governance__ProposalLib__ZeroYeaVotesNeeded()", "Governance__ProposalNotActive()",
        "Governance__ProposalNotExecutable()", "Governance__UserLib__NotInPast()", "Governance__WithdrawalAlreadyclaimed()",
        "Governance__WithdrawalNotUnlockedYet(uint256,uint256)", "HeaderLib__InvalidHeaderSize(uint256,uint256)",
        "HeaderLib__InvalidSlotNumber(uint256,uint256)", "Inbox__ActorTooLarge(bytes32)", "Inbox__ContentTooLarge(bytes32)",
        "Inbox__MustBuildBeforeConsume()", "Inbox__SecretHashTooLarge(bytes32)", "Inbox__Unauthorized()", "Inbox__VersionMismatch(uint256,uint256)",
        "MerkleLib__InvalidRoot(bytes32,bytes32,bytes32,uint256)", "Outbox__AlreadyNullified(uint256,uint256)", "Outbox__BlockNotProven(uint256)",
        "Outbox__IncompatibleEntryArguments(bytes32,uint64,uint64,uint32,uint32,uint32,uint32)", "Outbox__InvalidChainId()",
        "Outbox__InvalidPathLength(uint256,uint256)", "Outbox__InvalidRecipient(address,address)", "Outbox__NothingToConsume(bytes32)",
        "Outbox__NothingToConsumeAtBlock(uint256)", "Outbox__RootAlreadySetAtBlock(uint256)", "Outbox__Unauthorized()",
        "Outbox__VersionMismatch(uint256,uint256)", "ProofCommitmentEscrow__InsufficientBalance(uint256,uint256)",
        "ProofCommitmentEscrow__NotOwner(address)", "ProofCommitmentEscrow__WithdrawRequestNotReady(uint256,uint256)",
        "Registry__NoRollupsRegistered()", "Registry__RollupAlreadyRegistered(address)", "Registry__RollupNotRegistered(uint256)",
        "RewardDistributor__InvalidCaller(address,address)", "Rollup__AlreadyClaimed(address,uint256)",
        "Rollup__InsufficientBondAmount(uint256,uint256)", "Rollup__InsufficientFundsInEscrow(uint256,uint256)",
        "Rollup__InvalidArchive(bytes32,bytes32)", "Rollup__InvalidBasisPointFee(uint256)", "Rollup__InvalidBlobHash(bytes32)",
        "Rollup__InvalidBlobProof(bytes32)", "Rollup__InvalidBlobPublicInputsHash(bytes32,bytes32)", "Rollup__InvalidBlockNumber(uint256,uint256)",
        "Rollup__InvalidInHash(bytes32,bytes32)", "Rollup__InvalidManaBaseFee(uint256,uint256)", "Rollup__InvalidPreviousArchive(bytes32,bytes32)",
        "Rollup__InvalidProof()", "Rollup__InvalidProposedArchive(bytes32,bytes32)", "Rollup__InvalidTimestamp(uint256,uint256)",
        "Rollup__ManaLimitExceeded()", "Rollup__NoEpochToProve()", "Rollup__NonSequentialProving()", "Rollup__NonZeroDaFee()",
        "Rollup__NotPastDeadline(uint256,uint256)", "Rollup__NothingToPrune()", "Rollup__PastDeadline(uint256,uint256)",
        "Rollup__ProverHaveAlreadySubmitted(address,uint256)", "Rollup__SlotAlreadyInChain(uint256,uint256)",
        "Rollup__StartAndEndNotSameEpoch(uint256,uint256)", "Rollup__StartIsNotBuildingOnProven()", "Rollup__StartIsNotFirstBlockOfEpoch()",
        "Rollup__TimestampInFuture(uint256,uint256)", "Rollup__TimestampTooOld()", "Rollup__TryingToProveNonExistingBlock()",
        "Rollup__UnavailableTxs(bytes32)", "SampleLib__IndexOutOfBounds(uint256,uint256)", "SampleLib__SampleLargerThanIndex(uint256,uint256)",
        "SignatureLib__CannotVerifyEmpty()", "SignatureLib__InvalidSignature(address,address)", "Staking__AlreadyActive(address)",
        "Staking__AlreadyRegistered(address)", "Staking__CannotSlashExitedStake(address)", "Staking__FailedToRemove(address)",
        "Staking__InsufficientStake(uint256,uint256)", "Staking__InvalidDeposit(address,address)", "Staking__NoOneToSlash(address)",
        "Staking__NotExiting(address)", "Staking__NotSlasher(address,address)", "Staking__NotWithdrawer(address,address)",
        "Staking__NothingToExit(address)", "Staking__WithdrawalNotUnlockedYet(uint256,uint256)", "ValidatorSelection__EpochNotSetup()",
        "ValidatorSelection__InsufficientAttestations(uint256,uint256)", "ValidatorSelection__InsufficientAttestationsProvided(uint256,uint256)",
        "ValidatorSelection__InvalidDeposit(address,address)", "ValidatorSelection__InvalidProposer(address,address)",
    ].map(ABIError.init)

    /// What single contracts add.
    public static let byContract: [String: [ABIError]] = [
        "CoinIssuer": ["OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)"],
        "ExtRollupLib": ["CheckpointUnorderedInsertion()", "SafeCastOverflowedIntToUint(int256)", "SafeCastOverflowedUintDowncast(uint8,uint256)"],
        "FeeAssetHandler": ["OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)"],
        "FeeJuicePortal": ["SafeERC20FailedOperation(address)"],
        "Forwarder": [
            "AddressEmptyCode(address)", "FailedCall()", "ForwarderLengthMismatch(uint256,uint256)", "InsufficientBalance(uint256,uint256)",
            "OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)",
        ],
        "Governance": ["CheckpointUnorderedInsertion()", "SafeCastOverflowedUintDowncast(uint8,uint256)", "SafeERC20FailedOperation(address)"],
        "HonkVerifier": ["ProofLengthWrong()", "PublicInputsLengthWrong()", "ShpleminiFailed()", "SumcheckFailed()"],
        "Registry": ["OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)"],
        "RewardDistributor": ["OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)", "SafeERC20FailedOperation(address)"],
        "Rollup": [
            "CheckpointUnorderedInsertion()", "InvalidShortString()", "OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)",
            "SafeCastOverflowedIntToUint(int256)", "SafeCastOverflowedUintDowncast(uint8,uint256)", "StringTooLong(string)",
        ],
        "Slasher": ["Slasher__CallerNotProposer(address,address)"],
        "StakingAssetHandler": [
            "CannotMintZeroAmount()", "OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)", "ValidatorQuotaFilledUntil(uint256)",
        ],
        "TestERC20": [
            "ERC20InsufficientAllowance(address,uint256,uint256)", "ERC20InsufficientBalance(address,uint256,uint256)", "ERC20InvalidApprover(address)",
            "ERC20InvalidReceiver(address)", "ERC20InvalidSender(address)", "ERC20InvalidSpender(address)", "NotMinter(address)",
            "OwnableInvalidOwner(address)", "OwnableUnauthorizedAccount(address)",
        ],
        "TokenPortal": ["SafeERC20FailedOperation(address)"],
    ].mapValues { $0.map(ABIError.init) }

    static let everything: [[UInt8]: ABIError] = index(builtIn + common + byContract.values.flatMap { $0 })
    static let defaults: [[UInt8]: ABIError] = index(builtIn + common)

    static func index(_ errors: [ABIError]) -> [[UInt8]: ABIError] {
        Dictionary(errors.map { ($0.selector, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The error with this selector, whichever contract declares it.
    public static func error(selector: [UInt8]) -> ABIError? { everything[selector] }
}
