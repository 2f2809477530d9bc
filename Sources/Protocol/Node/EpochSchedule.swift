/// Slot and epoch arithmetic of one rollup. Times are seconds since 1970; results beyond 64 bits stop at the largest
/// value, which lies after every deadline.
public struct EpochSchedule: Hashable, Sendable {
    public let l1GenesisTime: UInt64
    /// Seconds of an L2 slot, at least 1.
    public let slotDuration: UInt64
    /// L2 slots of an epoch, at least 1.
    public let epochDuration: UInt64
    /// Seconds of an L1 slot.
    public let ethereumSlotDuration: UInt64
    /// In L2 slots.
    public let proofSubmissionWindow: UInt64

    /// Durations of zero are the caller's error.
    public init(l1GenesisTime: UInt64, slotDuration: UInt64, epochDuration: UInt64, ethereumSlotDuration: UInt64, proofSubmissionWindow: UInt64) {
        precondition(slotDuration > 0 && epochDuration > 0, "slots and epochs take time")
        self.l1GenesisTime = l1GenesisTime
        self.slotDuration = slotDuration
        self.epochDuration = epochDuration
        self.ethereumSlotDuration = ethereumSlotDuration
        self.proofSubmissionWindow = proofSubmissionWindow
    }

    /// nil when a constant is negative, fractional or beyond 64 bits, or a duration is zero.
    public init?(_ constants: L1RollupConstants) {
        guard let genesis = constants.l1GenesisTime.uint64, let slot = constants.slotDuration.uint64, let epoch = constants.epochDuration.uint64,
              let ethereumSlot = constants.ethereumSlotDuration.uint64, let window = constants.proofSubmissionWindow.uint64,
              slot > 0, epoch > 0
        else { return nil }
        self.init(l1GenesisTime: genesis, slotDuration: slot, epochDuration: epoch, ethereumSlotDuration: ethereumSlot, proofSubmissionWindow: window)
    }

    private static func clamped(_ value: UInt128) -> UInt64 { UInt64(clamping: value) }

    /// First second of a slot.
    public func timestamp(ofSlot slot: UInt64) -> UInt64 {
        Self.clamped(UInt128(l1GenesisTime) + UInt128(slot) * UInt128(slotDuration))
    }

    /// Slot at a time; 0 before genesis.
    public func slot(at timestamp: UInt64) -> UInt64 {
        timestamp < l1GenesisTime ? 0 : (timestamp - l1GenesisTime) / slotDuration
    }

    public func epoch(ofSlot slot: UInt64) -> UInt64 { slot / epochDuration }
    public func epoch(at timestamp: UInt64) -> UInt64 { epoch(ofSlot: slot(at: timestamp)) }

    /// First and last slot of an epoch.
    public func slots(ofEpoch epoch: UInt64) -> ClosedRange<UInt64> {
        let first = UInt128(epoch) * UInt128(epochDuration)
        return Self.clamped(first)...Self.clamped(first + UInt128(epochDuration) - 1)
    }

    /// The first second of an epoch and the start of its last L1 slot. With L1 slots longer than L2 slots the end may
    /// lie before the start, as in the reference.
    public func timestamps(ofEpoch epoch: UInt64) -> (start: UInt64, end: UInt64) {
        let slots = slots(ofEpoch: epoch)
        let end = Int128(timestamp(ofSlot: slots.upperBound)) + Int128(slotDuration) - Int128(ethereumSlotDuration)
        return (timestamp(ofSlot: slots.lowerBound), UInt64(clamping: end))
    }

    /// When the proof of an epoch must be on L1: start of the epoch and the submission window behind it.
    public func proofSubmissionDeadline(ofEpoch epoch: UInt64) -> UInt64 {
        let start = slots(ofEpoch: epoch).lowerBound
        return timestamp(ofSlot: Self.clamped(UInt128(start) + UInt128(proofSubmissionWindow)))
    }
}
