internal import CLinux
import Glibc

/// How many cores this process may use: the scheduler's mask (which a cpuset narrows) and the quota of every control group above it.
public struct UsableCores: Equatable, Sendable {
    /// Cores in the affinity mask.
    public var allowed: Int
    /// Cores that the tightest quota is worth; nil without one.
    public var quota: Double?

    public init(allowed: Int, quota: Double?) {
        self.allowed = allowed
        self.quota = quota
    }

    /// Whole cores, at least one. A quota of 2.5 is two cores: the third would wait every period.
    public var count: Int {
        guard let quota else { return max(1, allowed) }
        return max(1, Int(min(Double(allowed), quota)))
    }

    public static func detect() -> UsableCores {
        UsableCores(allowed: max(1, Int(ql_allowed_cores())), quota: quota(readFile: readSystemFile))
    }

    /// `readFile` gives a file's text or nil; a parameter so that imaginary machines can be tested.
    public static func quota(readFile: (String) -> String?) -> Double? {
        guard let groups = readFile("/proc/self/cgroup"), let mounts = readFile("/proc/self/mountinfo") else { return nil }
        var result: Double?
        for group in lines(groups) {
            // id:controllers:path
            let parts = group.split(separator: ":" as Character, maxSplits: 2, omittingEmptySubsequences: false).map { String($0) }
            guard parts.count == 3 else { continue }
            let isUnified = parts[1].isEmpty
            guard isUnified || parts[1].split(separator: "," as Character).contains("cpu") else { continue }
            for mount in lines(mounts) {
                guard let place = CgroupMount(mount), place.isUnified == isUnified, isUnified || place.hasCPU else { continue }
                for directory in place.directories(of: parts[2]) {
                    guard let cores = isUnified ? unified(readFile(directory + "/cpu.max")) : classic(directory, readFile) else { continue }
                    result = min(result ?? cores, cores)
                }
            }
        }
        return result
    }

    /// `200000 100000` or `max 100000`.
    private static func unified(_ text: String?) -> Double? {
        let words = (text ?? "").split { $0 == " " || $0 == "\n" }
        guard words.count >= 2, let quota = Double(String(words[0])), let period = Double(String(words[1])) else { return nil }
        return cores(quota, period)
    }

    private static func classic(_ directory: String, _ readFile: (String) -> String?) -> Double? {
        func number(_ name: String) -> Double? {
            guard let text = readFile(directory + "/" + name) else { return nil }
            return Double(String(text.prefix { $0 != "\n" }))
        }
        guard let quota = number("cpu.cfs_quota_us"), let period = number("cpu.cfs_period_us") else { return nil }
        return cores(quota, period)
    }

    private static func cores(_ quota: Double, _ period: Double) -> Double? {
        guard quota > 0, period > 0, (quota / period).isFinite else { return nil }
        return quota / period
    }

    static func lines(_ text: String) -> [String] { text.split { $0 == "\n" }.map { String($0) } }

    static func readSystemFile(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20 {
            let count = read(file, &part, part.count)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A line of mountinfo that mounts a control group hierarchy.
struct CgroupMount {
    var root: String
    var point: String
    var isUnified: Bool
    var hasCPU: Bool

    init?(_ line: String) {
        let words = line.split(separator: " " as Character).map { String($0) }
        guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 3, words[dash + 1].hasPrefix("cgroup") else { return nil }
        root = words[3]
        point = words[4]
        isUnified = words[dash + 1] == "cgroup2"
        hasCPU = words[dash + 3].split(separator: "," as Character).contains("cpu")
    }

    /// Directories of a group and all groups above it, as far as this mount shows them.
    func directories(of group: String) -> [String] {
        var path = group
        // Inside a container the group's path may be the host's, and the mount begins below it.
        if root != "/" { path = group.hasPrefix(root) ? String(group.dropFirst(root.count)) : "" }
        // A path that leads out of the namespace (`/../…`) shows nothing of use.
        if path.contains("..") { path = "" }
        var parts = path.split(separator: "/" as Character).map { String($0) }
        var result: [String] = []
        while true {
            result.append(parts.isEmpty ? point : point + "/" + parts.joined(separator: "/"))
            if parts.popLast() == nil { return result }
        }
    }
}
