public import Field
public import Protocol
public import PublicExecution

/// The chain as the gates see it. One thread.
public protocol ChainView: AnyObject {
    /// Number of the newest block; 0 = genesis.
    var tip: UInt64 { get }
    var chainID: Fr { get }
    var rollupVersion: Fr { get }
    /// Fees of the newest block's header, which transactions are measured by («note 07 §6»); zero at genesis.
    var gasFees: GasFees { get }
    /// State after the newest block.
    func state() throws(StateUnavailable) -> any ExecutionBase
    /// State after an earlier block; throws when it is pruned.
    func state(at block: UInt64) throws(StateUnavailable) -> any ExecutionBase
}

/// Who may propose and attest («note 06 §2»). Times are seconds since 1970.
public protocol CommitteeSource: AnyObject {
    func proposers(at time: UInt64) -> ProposerAnswer
    /// Of the epoch at `time`.
    func isInCommittee(_ address: EthAddress, at time: UInt64) -> CommitteeAnswer
}

public enum ProposerAnswer: Equatable, Sendable {
    case known(current: EthAddress, next: EthAddress, slot: UInt64)
    /// The committee is not known (the archiver has not read it), the slot of `time` is. Proposals and attestations for
    /// a wrong slot are then rejected, all others ignored: neither forwarded nor blamed.
    case unknown(slot: UInt64)
    /// Neither is.
    case nothing
    /// The epoch has no committee: the reference fails then, and its gossip rejects without blame («note 06 §2»).
    case empty
}

public enum CommitteeAnswer: Equatable, Sendable {
    case member, stranger, unknown
}
