import Glibc

/// A data directory that goes with the process.
enum TemporaryDirectory {
    static func make() throws -> String {
        var template = Array("/tmp/quetzal-data-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CommandError("making a directory in /tmp: \(String(cString: strerror(errno)))") }
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func remove(_ path: String) {
        guard let handle = opendir(path) else { return }
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            guard name != ".", name != ".." else { continue }
            let child = path + "/" + name
            var status = stat()
            // Links are removed, never followed.
            if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { remove(child) } else { unlink(child) }
        }
        closedir(handle)
        rmdir(path)
    }
}
