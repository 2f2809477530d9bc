import Bytes
public import Protocol

/// Judges gossiped block proposals («note 07 §6»). One thread.
public final class ProposalGate {
    private let committee: any CommitteeSource

    public init(committee: any CommitteeSource) { self.committee = committee }

    /// A proposal that is to be accepted: what is forwarded is not executed yet. The caller then protects its transactions
    /// in the pool and hands it on.
    /// - Parameter time: local clock, seconds since 1970.
    public func judge(_ payload: ArraySlice<UInt8>, at time: UInt64) -> Result<BlockProposal, Refusal> {
        let proposal: BlockProposal
        do {
            var reader = ByteReader(payload)
            proposal = try BlockProposal(from: &reader)
        } catch {
            return .failure(Refusal(.reject, nil, "block proposal: \(error)"))
        }
        return judge(proposal, at: time).map { .failure($0) } ?? .success(proposal)
    }

    public func judge(_ proposal: BlockProposal, at time: UInt64) -> Refusal? {
        let answer = committee.proposers(at: time)
        if let refusal = SlotRule.refusal(proposal.slotNumber, answer) { return refusal }
        guard case .known(let current, let next, _) = answer else { return Refusal(.ignore, nil, "the proposers are not known here") }
        guard let sender = proposal.sender() else { return Refusal(.reject, nil, "the signature recovers to nobody") }
        guard sender == current || sender == next else { return Refusal(.reject, .high, "\(sender) does not propose in this slot or the next") }
        return nil
    }
}

/// Judges gossiped attestations («note 07 §6»). One thread.
public final class AttestationGate {
    private let committee: any CommitteeSource

    public init(committee: any CommitteeSource) { self.committee = committee }

    /// An attestation for the pool, with its signer.
    public func judge(_ payload: ArraySlice<UInt8>, at time: UInt64) -> Result<(attestation: BlockAttestation, signer: EthAddress), Refusal> {
        let attestation: BlockAttestation
        do {
            var reader = ByteReader(payload)
            attestation = try BlockAttestation(from: &reader)
        } catch {
            return .failure(Refusal(.reject, nil, "attestation: \(error)"))
        }
        // Both ask for the proposers first, the reference too: without a committee it fails there.
        if let refusal = SlotRule.refusal(attestation.slotNumber, committee.proposers(at: time)) { return .failure(refusal) }
        guard let signer = attestation.sender() else { return .failure(Refusal(.reject, nil, "the signature recovers to nobody")) }
        switch committee.isInCommittee(signer, at: time) {
        case .member: return .success((attestation, signer))
        case .stranger: return .failure(Refusal(.reject, .high, "\(signer) is not in the committee"))
        case .unknown: return .failure(Refusal(.ignore, nil, "the committee is not known here"))
        }
    }
}
