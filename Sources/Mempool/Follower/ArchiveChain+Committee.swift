import Archive
public import Protocol

extension ArchiveChain: CommitteeSource {
    public func proposers(at time: UInt64) -> ProposerAnswer {
        guard let schedule else { return .nothing }
        let slot = schedule.slot(at: time)
        guard let current = duties(ofSlot: slot, schedule), let next = duties(ofSlot: slot + 1, schedule) else { return .unknown(slot: slot) }
        guard !current.committee.isEmpty, !next.committee.isEmpty else { return .empty }
        guard let now = current.proposer(ofSlot: slot), let then = next.proposer(ofSlot: slot + 1) else { return .unknown(slot: slot) }
        return .known(current: now, next: then, slot: slot)
    }

    public func isInCommittee(_ address: EthAddress, at time: UInt64) -> CommitteeAnswer {
        guard let schedule, let duties = duties(ofSlot: schedule.slot(at: time), schedule) else { return .unknown }
        return duties.committee.contains(address) ? .member : .stranger
    }

    private func duties(ofSlot slot: UInt64, _ schedule: EpochSchedule) -> EpochDuties? {
        let epoch = schedule.epoch(ofSlot: slot)
        return duties.first { $0.epoch == epoch }
    }
}
