/// Slots, epochs and pruning as the rollup contract computes them (note 05 §2, §5).
public struct RollupClock: Sendable, Equatable {
    public var genesisTime: UInt64
    /// Seconds.
    public var slotDuration: UInt64
    /// Slots.
    public var epochDuration: UInt64
    /// Slots.
    public var proofSubmissionWindow: UInt64

    public init(genesisTime: UInt64, slotDuration: UInt64, epochDuration: UInt64, proofSubmissionWindow: UInt64) {
        self.genesisTime = genesisTime
        self.slotDuration = slotDuration
        self.epochDuration = epochDuration
        self.proofSubmissionWindow = proofSubmissionWindow
    }

    /// 0 before genesis.
    public func slot(at timestamp: UInt64) -> UInt64 { timestamp < genesisTime ? 0 : (timestamp - genesisTime) / slotDuration }
    public func timestamp(ofSlot slot: UInt64) -> UInt64 { genesisTime + slot * slotDuration }
    public func epoch(ofSlot slot: UInt64) -> UInt64 { slot / epochDuration }

    /// `canPruneAtTime`: blocks are pending and the epoch of the oldest unproven one was not proven in its window.
    /// - Parameter oldestUnprovenSlot: slot of block `proven + 1`; nil when nothing is pending.
    public func canPrune(oldestUnprovenSlot: UInt64?, at timestamp: UInt64) -> Bool {
        guard let oldest = oldestUnprovenSlot else { return false }
        // The slot is a header's: any number. One that leads beyond 64 bits is far from over.
        let (end, overflow) = (epoch(ofSlot: oldest) * epochDuration).addingReportingOverflow(proofSubmissionWindow)
        return !overflow && end < slot(at: timestamp)
    }

    /// The reference's «finalized» tip: two epochs of blocks behind the proven one.
    public func finalized(proven: UInt64) -> UInt64 { proven > 2 * epochDuration ? proven - 2 * epochDuration : 0 }
}
