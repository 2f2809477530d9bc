public import Archive
import Diagnostics
public import L1
public import Protocol

/// What L1 says about an epoch's committee.
public struct DrawnCommittee: Hashable, Sendable {
    /// By seat.
    public var members: [EthAddress]
    /// Draws each slot's proposer.
    public var seed: UInt256

    public init(members: [EthAddress], seed: UInt256) {
        self.members = members
        self.seed = seed
    }

    /// - Parameter slots: of an epoch.
    public func duties(epoch: UInt64, slots: UInt64) -> EpochDuties? {
        var seats: [UInt16] = []
        if !members.isEmpty {
            let (first, overflow) = epoch.multipliedReportingOverflow(by: slots)
            guard !overflow, slots <= EpochDuties.maximumCount else { return nil }
            for place in 0..<slots {
                guard let seat = ProposerSelection.index(
                    epoch: UInt256(epoch), slot: UInt256(first &+ place), seed: seed, committeeSize: UInt64(members.count)) else { return nil }
                guard seat <= UInt16.max else { return nil }
                seats.append(UInt16(seat))
            }
        }
        return EpochDuties(epoch: epoch, committee: members, proposingSeats: seats)
    }
}

extension ChainFollower {
    /// Who proposes and attests, in the head's epoch and in the next one: both are settled when an epoch begins (note 05 §3).
    /// L1 is asked at the first head of an epoch, and again after a reorg. Failing to know costs nothing but that.
    func followDuties(at head: L1Header) async throws(ChainStoreError) {
        let epoch = settings.clock.epoch(ofSlot: settings.clock.slot(at: head.timestamp))
        guard dutiesKnown != epoch else { return }
        var read: [EpochDuties] = []
        do throws(L1Error) {
            for epoch in [epoch, epoch + 1] { read.append(try await duties(of: epoch, at: head)) }
        } catch {
            if !dutiesFailed { log.warn("The committee of epoch \(epoch) is not known: \(error)") }
            dutiesFailed = true
            return
        }
        try store.setDuties(read)
        dutiesKnown = epoch
        dutiesFailed = false
    }

    private func duties(of epoch: UInt64, at head: L1Header) async throws(L1Error) -> EpochDuties {
        let slots = settings.clock.epochDuration
        let drawn = try await source.committee(at: settings.clock.timestamp(ofSlot: epoch * slots), block: head.number)
        guard let duties = drawn.duties(epoch: epoch, slots: slots) else {
            throw L1Error(.inconsistent, "epoch \(epoch): a committee of \(drawn.members.count) and \(slots) slots")
        }
        return duties
    }
}
