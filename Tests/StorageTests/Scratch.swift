import Glibc

/// A directory that is gone when the value is.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/quetzal-storage-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template))
    }

    deinit { Scratch.remove(path) }

    static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func remove(_ path: String) {
        for name in entries(path) { remove(path + "/" + name) }
        Glibc.remove(path)
    }
}
