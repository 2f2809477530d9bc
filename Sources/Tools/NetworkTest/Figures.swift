import Glibc

/// Memory and processor time of a process.
enum Figures {
    /// Resident bytes, from /proc.
    static func resident(_ process: Int32 = getpid()) -> Int {
        let fields = text("/proc/\(process)/statm").split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// Seconds of user and system time so far.
    static func processor(_ process: Int32 = getpid()) -> Double {
        // The name in brackets may hold spaces.
        let fields = text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Open descriptors.
    static func descriptors(_ process: Int32) -> Int {
        guard let directory = opendir("/proc/\(process)/fd") else { return 0 }
        defer { closedir(directory) }
        var count = -2  // . and ..
        while readdir(directory) != nil { count += 1 }
        return count
    }

    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    static func megabytes(_ bytes: Int) -> String { tenths(Double(bytes) / 1_048_576) + " MB" }

    static func hundredths(_ value: Double) -> String {
        let scaled = Int((abs(value) * 100).rounded())
        let rest = scaled % 100
        return "\(value < 0 && scaled > 0 ? "-" : "")\(scaled / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func tenths(_ value: Double) -> String {
        let scaled = Int((value * 10).rounded())
        return "\(scaled < 0 ? "-" : "")\(abs(scaled) / 10).\(abs(scaled) % 10)"
    }

    /// The value below which `part` of the sorted ones lie.
    static func quantile(_ values: [Double], _ part: Double) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}
