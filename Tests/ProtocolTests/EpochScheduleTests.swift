import Protocol
import Testing

@Suite struct EpochScheduleTests {
    let schedule = EpochSchedule(l1GenesisTime: 1_000, slotDuration: 36, epochDuration: 32, ethereumSlotDuration: 12, proofSubmissionWindow: 64)

    @Test func slotsAndTimes() {
        #expect(schedule.slot(at: 0) == 0 && schedule.slot(at: 1_035) == 0 && schedule.slot(at: 1_036) == 1)
        for slot: UInt64 in [0, 1, 31, 32, 99_999] {
            let start = schedule.timestamp(ofSlot: slot)
            #expect(schedule.slot(at: start) == slot && schedule.slot(at: start + 35) == slot && schedule.slot(at: start + 36) == slot + 1)
            #expect(schedule.slots(ofEpoch: schedule.epoch(ofSlot: slot)).contains(slot))
        }
        #expect(schedule.slots(ofEpoch: 2) == 64...95)
        #expect(schedule.timestamps(ofEpoch: 0) == (1_000, 1_000 + 31 * 36 + 24))
        #expect(schedule.proofSubmissionDeadline(ofEpoch: 1) == 1_000 + (32 + 64) * 36)
    }

    @Test func stopsAtTheLargestValue() {
        #expect(schedule.timestamp(ofSlot: .max) == .max)
        #expect(schedule.slots(ofEpoch: .max) == UInt64.max...UInt64.max)
        #expect(schedule.proofSubmissionDeadline(ofEpoch: .max) == .max)
        #expect(schedule.timestamps(ofEpoch: .max).start == .max)
    }

    @Test func needsWholeConstants() {
        var constants = L1RollupConstants(
            l1StartBlock: 1, l1GenesisTime: 1_000, slotDuration: 36, epochDuration: 32, ethereumSlotDuration: 12, proofSubmissionWindow: 64)
        #expect(EpochSchedule(constants) == schedule)
        constants.slotDuration = 1.5
        #expect(EpochSchedule(constants) == nil)
        constants.slotDuration = 0
        #expect(EpochSchedule(constants) == nil)
        constants.slotDuration = 36
        constants.l1GenesisTime = BigInteger(-1)
        #expect(EpochSchedule(constants) == nil)
    }
}
