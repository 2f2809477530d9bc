import FuzzKit
import Testing
import Topology

/// Whatever the kernel's files say: at least one core, at most those allowed.
@Test func anyControlGroupFiles() {
    var fuzz = Fuzz(seed: 71)
    let files = [
        "/proc/self/cgroup": "4:cpu,cpuacct:/a/b\n0::/a/b\n",
        "/proc/self/mountinfo": "30 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n31 24 0:28 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n",
        "/sys/fs/cgroup/a/cpu.max": "200000 100000\n", "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "150000\n", "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n",
    ]
    let numbers = ["1e300", "inf", "nan", "-1", "0", "9223372036854775807", "1e-300", "max"]
    var limited = 0
    for _ in 0..<Fuzz.rounds(short: 3_000) {
        let altered = fuzz.pick(Array(files.keys.sorted()))
        let text = files[altered].map { altered.contains("cgroup/") && fuzz.below(2) == 0 ? "\(fuzz.pick(numbers)) \(fuzz.pick(numbers))\n" : fuzz.alteredText($0) }
        // The tightest quota counts: half of the time there is one only.
        let isAlone = fuzz.below(2) == 0
        let quota = UsableCores.quota { $0 == altered ? text : isAlone && $0.contains("cpu.") ? nil : files[$0] }
        if quota != nil { limited += 1 }
        #expect((1...4).contains(UsableCores(allowed: 4, quota: quota).count))
    }
    #expect(limited > 100)
}
