import Glibc

/// A directory for one case, gone with the object.
public final class TemporaryDirectory {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let path: String

    public init(_ purpose: String = "conformance") throws {
        var template = Array("/tmp/quetzal-\(purpose)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "cannot make a directory under /tmp: \(String(cString: strerror(errno)))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        // A link is removed itself, never what it names.
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
                if name != "." && name != ".." { remove(path + "/" + name) }
            }
            closedir(directory)
        }
        Glibc.remove(path)
    }
}
