import Testing
import Topology

@Suite struct TopologyTests {
    static let plan = TopologyPlan(
        kinds: [
            KindDeclaration("a", count: .one, function: "a", stopOrder: 1), KindDeclaration("x", count: .perCore, function: "x", stopOrder: 2),
            KindDeclaration("s", count: .fixed(2), function: "s", stopOrder: 3),
        ],
        links: [
            LinkDeclaration("a_x", from: "a", reliableTo: ["x"], carries: "Job", depth: 8, mtu: 64),
            LinkDeclaration("x_a", from: "x", reliableTo: ["a"], carries: "Result", depth: 8, mtu: 64),
            LinkDeclaration("a_tips", from: "a", unreliableTo: ["x", "s"], carries: "Tip", depth: 4, mtu: 64, mayLackConsumers: true),
        ])

    @Test func everyProducerHasItsOwnRingAndEveryConsumerItsOwnInput() throws {
        let topology = try Topology(Self.plan, kinds: ["a", "x", "s"], cores: UsableCores(allowed: 6, quota: nil))
        #expect(topology.reservedCores == 2)
        #expect(topology.workers.filter { $0.kind.name == "x" && $0.isActive }.count == 4)
        #expect(topology.workers.filter { $0.kind.name == "x" }.count == 6)
        #expect(topology.links.filter { $0.declaration.name == "x_a" }.map(\.name) == (0..<6).map { "x_a.\($0)" })
        let a = topology.workers[0]
        #expect(a.inputs == (0..<6).map { "x_a.\($0)" })
        var seen = Set<[Int]>()
        for link in topology.links {
            for consumer in link.consumers {
                #expect(seen.insert([consumer.slot, consumer.input]).inserted)
                #expect(topology.workers[consumer.slot].inputs[consumer.input] == link.name)
            }
        }
        #expect(topology.text.contains("a_tips") && topology.text.contains("x.3 (reliable)") && !topology.text.contains("x.4 (reliable)"))
    }

    @Test func countsAreSetAndScaled() throws {
        let topology = try Topology(Self.plan, kinds: ["a", "x"], counts: ["x": 7], cores: UsableCores(allowed: 2, quota: nil))
        #expect(topology.workers.filter(\.isActive).count == 8)
        let fewer = try topology.scaled("x", to: 2)
        #expect(fewer.workers.filter(\.isActive).map(\.name) == ["a.0", "x.0", "x.1"])
        for (kind, count) in [("x", 8), ("x", 0), ("a", 2), ("s", 1), ("nope", 1)] {
            #expect(throws: TopologyError.self, "\(kind) \(count)") { try topology.scaled(kind, to: count) }
        }
        #expect(throws: TopologyError.self) { try Topology(Self.plan, kinds: ["a", "x"], counts: ["a": 2]) }
        #expect(throws: TopologyError.self) { try Topology(Self.plan, kinds: ["a", "nope"]) }
        #expect(throws: TopologyError.self) { try Topology(Self.plan, kinds: ["a"], counts: ["nope": 1]) }
        // a_x needs an x; a_tips does not need anyone.
        #expect(throws: TopologyError("link a_x: none of its consumers (x) runs")) { try Topology(Self.plan, kinds: ["a"]) }
    }

    @Test func badPlansAreRefused() {
        let kinds = Self.plan.kinds
        let bad: [[LinkDeclaration]] = [
            [LinkDeclaration("a_x", from: "a", reliableTo: ["x"], carries: "", depth: 8, mtu: 64), LinkDeclaration("a_x", from: "a", reliableTo: ["s"], carries: "", depth: 8, mtu: 64)],
            [LinkDeclaration("x_a", from: "a", reliableTo: ["x"], carries: "", depth: 8, mtu: 64)],
            [LinkDeclaration("a_x", from: "a", carries: "", depth: 8, mtu: 64)],
            [LinkDeclaration("a_q", from: "a", reliableTo: ["q"], carries: "", depth: 8, mtu: 64)],
            [LinkDeclaration("a_a", from: "a", reliableTo: ["a"], carries: "", depth: 8, mtu: 64)],
            [LinkDeclaration("a_x", from: "a", reliableTo: ["x"], unreliableTo: ["x"], carries: "", depth: 8, mtu: 64)],
            [LinkDeclaration("a_x", from: "a", reliableTo: ["x"], carries: "", depth: 9, mtu: 64)],
        ]
        for links in bad { #expect(throws: TopologyError.self) { try Topology.check(TopologyPlan(kinds: kinds, links: links)) } }
        #expect(throws: TopologyError.self) { try Topology.check(TopologyPlan(kinds: kinds + [kinds[0]], links: [])) }
    }

    @Test func theNodesPlanHolds() throws {
        for kinds in [["archiver", "api"], ["archiver"], ["archiver", "api", "replay"], ["api"]] {
            let topology = try Topology(.node, kinds: kinds, cores: UsableCores(allowed: 2, quota: nil))
            #expect(topology.workers.filter(\.isActive).count == kinds.count)
        }
    }
}

@Suite struct UsableCoresTests {
    func machine(_ files: [String: String]) -> (String) -> String? { { files[$0] } }

    @Test func unifiedGroupsTakeTheTightestLevel() {
        let files = [
            "/proc/self/cgroup": "0::/system.slice/quetzal.service\n",
            "/proc/self/mountinfo": "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
            "/sys/fs/cgroup/system.slice/quetzal.service/cpu.max": "800000 100000\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "250000 100000\n",
        ]
        #expect(UsableCores.quota(readFile: machine(files)) == 2.5)
        #expect(UsableCores(allowed: 8, quota: 2.5).count == 2)
        #expect(UsableCores(allowed: 8, quota: 0.5).count == 1)
        #expect(UsableCores(allowed: 2, quota: 16).count == 2)
        #expect(UsableCores(allowed: 3, quota: nil).count == 3)
    }

    @Test func classicGroupsAndContainers() {
        let files = [
            "/proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n0::/\n",
            "/proc/self/mountinfo": """
                31 23 0:27 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct
                32 23 0:28 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
                33 23 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """,
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "150000\n", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "50000\n",
        ]
        #expect(UsableCores.quota(readFile: machine(files)) == 3)
    }

    @Test func noLimitOrNonsenseMeansNone() {
        let mount = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
        #expect(UsableCores.quota(readFile: machine([:])) == nil)
        for text in ["max 100000\n", "", "abc def", "-1 100000", "100000 0", "100000"] {
            #expect(UsableCores.quota(readFile: machine(["/proc/self/cgroup": "0::/a\n", "/proc/self/mountinfo": mount, "/sys/fs/cgroup/a/cpu.max": text])) == nil, "\(text)")
        }
        #expect(UsableCores.quota(readFile: machine(["/proc/self/cgroup": "0::/../../x\nzz\n", "/proc/self/mountinfo": mount + "short line\n", "/sys/fs/cgroup/cpu.max": "100000 100000"])) == 1)
        #expect(UsableCores.detect().count >= 1)
    }
}
