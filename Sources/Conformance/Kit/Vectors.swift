import Bytes
import Compression
import Glibc
import JSON

/// Golden files on disk.
public enum Vectors {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
        public init(_ description: String) { self.description = description }
    }

    /// Paths of the regular files below `directory` whose names end in one of `suffixes` (a `.gz` behind it counts too), sorted.
    public static func files(in directory: String, suffixes: [String] = [".json"], recursive: Bool = false) throws -> [String] {
        var found: [String] = []
        for path in try entries(of: directory) {
            let name = Self.name(path)
            if isDirectory(path) {
                if recursive { found += try files(in: path, suffixes: suffixes, recursive: true) }
            } else if suffixes.contains(where: { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }) {
                found.append(path)
            }
        }
        return found.sorted()
    }

    /// The JSON file of this name, in lines or not, packed or not; nil: there is none.
    public static func file(_ stem: String, in directory: String) -> String? {
        (try? files(in: directory, suffixes: [".json", ".jsonl"]))?.first { self.stem($0) == stem }
    }

    /// Paths of the directories in `directory`, sorted.
    public static func directories(in directory: String) throws -> [String] { try entries(of: directory).filter(isDirectory).sorted() }

    private static func entries(of directory: String) throws -> [String] {
        guard let handle = opendir(directory) else { throw Failure("\(directory): \(String(cString: strerror(errno)))") }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { found.append(directory + "/" + name) }
        }
        return found
    }

    public static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    public static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    /// Name without directory, `.gz` and extension.
    public static func stem(_ path: String) -> String {
        var name = path.split(separator: "/").last.map(String.init) ?? path
        if name.hasSuffix(".gz") { name.removeLast(3) }
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    public static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The file's bytes, decompressed when it is gzip.
    public static func load(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return Gzip.isGzip(bytes) ? try Gzip.decompress(bytes) : bytes
    }

    public static func lines(_ path: String) throws -> [ArraySlice<UInt8>] {
        try load(path).split(separator: 0x0a)
    }

    public static func json(_ path: String) throws -> JSONDocument {
        let bytes = try load(path)
        // JavaScript writes strings that are no Unicode; JSON's readers refuse them.
        do { return try JSONDocument.parse(bytes) } catch { return try JSONDocument.parse(withoutLoneSurrogates(bytes)) }
    }

    /// Escaped halves of surrogate pairs that stand alone become U+FFFD.
    private static func withoutLoneSurrogates(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        func escape(at index: Int) -> Int? {
            guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else { return nil }
            return Int(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
        }
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            guard let unit = escape(at: index) else {
                index += 2
                continue
            }
            let isPair = (0xd800...0xdbff).contains(unit) && escape(at: index + 6).map { (0xdc00...0xdfff).contains($0) } == true
            if !isPair, (0xd800...0xdfff).contains(unit) { bytes.replaceSubrange((index + 2)..<(index + 6), with: Array("fffd".utf8)) }
            index += isPair ? 12 : 6
        }
        return bytes
    }
}
