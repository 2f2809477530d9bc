import Glibc

/// Finds the folder with network presets and default files: `QUETZAL_ETC`, else `etc` beside or above the program,
/// else the system's.
public enum EtcDirectory {
    public static func find(environment: [String: String]) -> String? {
        if let path = environment["QUETZAL_ETC"], !path.isEmpty { return path }
        if var path = executablePath() {
            while let slash = path.lastIndex(of: "/") {
                path = String(path[..<slash])
                if DataFile.isDirectory(path + "/etc/networks") { return path + "/etc" }
            }
        }
        for path in ["/etc/quetzal", "/usr/share/quetzal/etc", "etc"] where DataFile.isDirectory(path + "/networks") { return path }
        return nil
    }

    static func executablePath() -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// The process's environment as a dictionary.
    public static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") { variables[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
            entry += 1
        }
        return variables
    }
}
