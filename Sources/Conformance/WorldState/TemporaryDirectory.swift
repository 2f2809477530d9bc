import ConformanceKit
import Glibc
import Storage
import WorldState

/// A directory for one case, gone with the value.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/quetzal-world-state-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("cannot make a directory under /tmp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func open() throws -> Database {
        try Database(path + "/db", mode: .primary, columnFamilies: ColumnFamilyOptions.worldState)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
                if name != "." && name != ".." { remove(path + "/" + name) }
            }
            closedir(directory)
        }
        Glibc.remove(path)
    }
}
