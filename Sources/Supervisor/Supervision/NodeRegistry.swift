import Glibc
import IPC

/// Which data directories this user's nodes run on, so that `aztec status` needs no argument on a machine with one node.
/// One symbolic link per node in `/tmp/quetzal-<user>/` (or `$XDG_RUNTIME_DIR/quetzal`), named after the process.
public enum NodeRegistry {
    static func folder(_ environment: (String) -> String?) -> String {
        if let path = environment("XDG_RUNTIME_DIR"), !path.isEmpty { return path + "/quetzal" }
        return "/tmp/quetzal-\(geteuid())"
    }

    /// Only a folder of our own that nobody else can write is believed.
    private static func isOurs(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }

    /// Failure to enter is no reason not to run.
    public static func enter(_ directory: String, environment: (String) -> String?) {
        let folder = folder(environment)
        mkdir(folder, 0o700)
        guard isOurs(folder), let path = realpath(directory, nil) else { return }
        defer { free(path) }
        unlink("\(folder)/\(getpid())")
        symlink(path, "\(folder)/\(getpid())")
    }

    public static func leave(environment: (String) -> String?) { unlink("\(folder(environment))/\(getpid())") }

    /// Directories of nodes that live.
    public static func directories(environment: (String) -> String?) -> [String] {
        let folder = folder(environment)
        guard isOurs(folder), let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var result: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            guard Int32(name) != nil, let path = realpath(folder + "/" + name, nil) else { continue }
            defer { free(path) }
            let directory = String(cString: path)
            if (try? NodeDescriptor.find(in: directory)) != nil, !result.contains(directory) { result.append(directory) }
        }
        return result.sorted()
    }
}
