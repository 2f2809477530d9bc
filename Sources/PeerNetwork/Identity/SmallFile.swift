import Glibc

/// Small files that are whole or absent: written beside their place, synced, renamed.
public enum SmallFile {
    /// An operation on a file failed.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var path: String
        public var reason: String
        public var description: String { "\(path): \(reason)" }
    }

    private static func failure(_ path: String, _ operation: String) -> Failure {
        Failure(path: path, reason: "\(operation): \(String(cString: strerror(errno)))")
    }

    /// Nil if there is no such file. Refuses more than `limit` bytes.
    public static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path, "opening")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count <= limit {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, limit + 1 - count) }
            if got < 0 {
                if errno == EINTR { continue }
                throw failure(path, "reading")
            }
            if got == 0 { return Array(bytes[..<count]) }
            count += got
        }
        throw Failure(path: path, reason: "more than \(limit) bytes")
    }

    /// Writes the whole file, making directories as needed. `mode` 0600 for secrets.
    public static func write(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o600) throws(Failure) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !directory.isEmpty { try makeDirectories(directory) }
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(temporary, "creating") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 {
                if errno == EINTR { continue }
                let error = failure(temporary, "writing")
                close(descriptor)
                unlink(temporary)
                throw error
            }
            written += count
        }
        guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
            let error = failure(path, "writing")
            unlink(temporary)
            throw error
        }
        // The rename itself lasts only once the directory is on disk; failing that costs durability, not the file.
        let parent = open(directory.isEmpty ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
    }

    private static func makeDirectories(_ path: String) throws(Failure) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            if mkdir(part, 0o755) != 0, errno != EEXIST { throw failure(part, "making the directory") }
        }
    }
}
