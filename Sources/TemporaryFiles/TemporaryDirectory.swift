import Glibc

/// A directory of its own under /tmp, gone with the object.
public final class TemporaryDirectory {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let path: String

    /// `purpose`: part of its name.
    public init(_ purpose: String, in parent: String = "/tmp") throws(Failure) { path = try Self.make(purpose, in: parent) }

    deinit { Self.remove(path) }

    /// One that stays until it is removed.
    public static func make(_ purpose: String, in parent: String = "/tmp") throws(Failure) -> String {
        var template = Array("\(parent)/quetzal-\(purpose)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "making a directory in \(parent): \(String(cString: strerror(errno)))") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// With all that is in it. A link is removed itself, never what it names.
    public static func remove(_ path: String) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { for name in entries(path) { remove(path + "/" + name) } }
        Glibc.remove(path)
    }

    /// Names of what is in a directory, in order; none when it cannot be read.
    public static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
