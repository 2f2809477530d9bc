import Glibc

/// A directory for the database's own log, gone with the object.
final class ScratchDirectory {
    let path: String

    init() throws(ReplayError) {
        var template = Array("/tmp/quetzal-replay-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ReplayError("making a directory in /tmp: \(String(cString: strerror(errno)))") }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // Flat: RocksDB writes log files here and nothing else.
        if let handle = opendir(path) {
            while let entry = readdir(handle) {
                let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
                if name != ".", name != ".." { unlink(path + "/" + name) }
            }
            closedir(handle)
        }
        rmdir(path)
    }
}
