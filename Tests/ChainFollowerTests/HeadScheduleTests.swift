import ChainFollower
import Testing

/// Runs the schedule against a host whose head `n` appears `delay(n)` after its slot began; returns questions asked and the worst lag.
func simulate(heads: Int, slotSeconds: Int, speed: Double = 1, slotOf: (Int) -> Int = { $0 }, delay: (Int) -> Double) -> (questions: Int, worstLag: Double) {
    let slot = Double(slotSeconds)
    var schedule = HeadSchedule(slotSeconds: slotSeconds)
    let epoch = 1_700_000_000.0
    let clockOffset = 5_000_000.0  // steady clock against wall clock: unrelated
    func steady(_ wall: Double) -> UInt64 { UInt64((wall - epoch + clockOffset) * 1e9) }
    func appears(_ n: Int) -> Double { epoch + (Double(slotOf(n)) * slot + delay(n)) / speed }
    var now = appears(0)
    var seen = -1
    var questions = 0
    var worst = 0.0
    while seen < heads - 1 {
        questions += 1
        var newest = seen
        while newest + 1 < heads, appears(newest + 1) <= now { newest += 1 }
        if newest > seen {
            if seen >= 0 { for n in (seen + 1)...newest { worst = max(worst, now - appears(n)) } }
            seen = newest
            schedule.sawHead(number: UInt64(seen), timestamp: UInt64(epoch + Double(slotOf(seen)) * slot), at: steady(now))
        }
        let next = schedule.nextQuestion(after: steady(now))
        now = epoch - clockOffset + Double(next) / 1e9
    }
    return (questions, worst)
}

@Test func regularHeadsCostTwoQuestionsEach() {
    let (questions, lag) = simulate(heads: 300, slotSeconds: 12) { _ in 0.4 }
    #expect(questions <= 620)
    #expect(lag < 1)
}

@Test func lateAndJitteringHeadsAreSeenWithinASecond() {
    var state: UInt64 = 3
    var delays: [Double] = []
    for _ in 0..<300 {
        state = state &* 6364136223846793005 &+ 1442695040888963407
        delays.append(0.6 + Double(state >> 40) / Double(1 << 24) * 1.5)
    }
    let (questions, lag) = simulate(heads: 300, slotSeconds: 12) { delays[$0] }
    #expect(questions <= 1000)
    #expect(lag < 1)
}

@Test func aSpedUpChainIsFollowed() {
    let (_, lag) = simulate(heads: 200, slotSeconds: 12, speed: 10) { _ in 0 }
    #expect(lag < 2)
}

@Test func missedSlotsDoNotStopTheQuestions() {
    let (questions, lag) = simulate(heads: 300, slotSeconds: 12, slotOf: { $0 + $0 / 50 }) { _ in 0.3 }
    #expect(lag < 1)
    #expect(questions < 720)
}

@Test func aSlowedDownChainIsNotAskedAllTheTime() {
    // Timestamps advance four seconds a block, blocks come every twelve: a recording played at a third of its speed.
    let (questions, lag) = simulate(heads: 300, slotSeconds: 4, speed: 1.0 / 3) { _ in 0.1 }
    #expect(questions <= 1100)
    #expect(lag < 1)
}
