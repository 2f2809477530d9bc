import IPC
import Supervision
import Testing

@Suite struct RestartPolicyTests {
    let second: UInt64 = 1_000_000_000

    @Test func aRunningWorkerComesBackAtOnceUntilOverBudget() {
        var policy = RestartPolicy(budget: 5)
        let delays = (0..<5).map { policy.died(now: UInt64($0) * second, hadBeenRunning: true) }
        #expect(delays == [10, 20, 40, 80, 100].map { .restart(afterMillis: $0) })
        let last = policy.died(now: 10 * second, hadBeenRunning: true)
        #expect(last == .giveUp(crashes: 6))
        policy.forgive()
        let again = policy.died(now: 11 * second, hadBeenRunning: true)
        #expect(again == .restart(afterMillis: 10))
    }

    @Test func deathsFarApartNeverAddUp() {
        var policy = RestartPolicy(budget: 2)
        for i in 0..<100 as Range<UInt64> {
            let decision = policy.died(now: i * 31 * second, hadBeenRunning: true)
            #expect(decision != .giveUp(crashes: 3))
        }
    }

    @Test func failedBootsBackOffExponentially() {
        var policy = RestartPolicy(budget: 100)
        let delays = (0..<6).map { policy.died(now: UInt64($0), hadBeenRunning: false) }
        #expect(delays == [100, 400, 1600, 6400, 10_000, 10_000].map { .restart(afterMillis: $0) })
        let afterRunning = policy.died(now: 7, hadBeenRunning: true), afterBoot = policy.died(now: 8, hadBeenRunning: false)
        #expect(afterRunning == .restart(afterMillis: 100) && afterBoot == .restart(afterMillis: 100))
    }
}

@Suite struct NodeDescriptorTests {
    @Test func goldenBytes() {
        let descriptor = NodeDescriptor(processID: 0x0102, startTicks: 0x0304, layoutHash: 0x0506, board: 9)
        var expected = Array("QTZLNODE".utf8) + [1, 0, 0, 0, 2, 1, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]
        expected += [UInt8](repeating: 0, count: 12)
        #expect(descriptor.encoded == expected)
        #expect(NodeDescriptor(decoding: expected) == descriptor)
        #expect(NodeDescriptor(decoding: Array(expected.dropLast())) == nil)
        #expect(NodeDescriptor(decoding: [0] + expected.dropFirst()) == nil)
    }
}
