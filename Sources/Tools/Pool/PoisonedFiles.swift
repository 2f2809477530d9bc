import ExecutionPool
import Field
import Glibc
import Protocol

/// What a node keeps of dropped transactions.
enum PoisonedFiles {
    static func path(_ directory: String) -> String { directory + "/poisoned" }

    static func names(_ directory: String) -> [String] {
        guard let handle = opendir(path(directory)) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func read(_ path: String) throws -> Reproducer.Content {
        var bytes: [UInt8] = []
        guard let file = fopen(path, "r") else { throw PoisonedFileError(path: path, reason: String(cString: strerror(errno))) }
        defer { fclose(file) }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while bytes.count <= Reproducer.maximumBytes {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return try Reproducer.content(of: bytes)
    }

    /// `quetzal-pool show FILE`
    static func show(_ path: String) throws {
        let content = try read(path)
        print("block \(content.globals.blockNumber.uint64.map { "\($0)" } ?? "\(content.globals.blockNumber)"), on block \(content.baseBlock); transaction \(content.index), \(content.position) committed before it")
        print("dropped: \(content.reason)")
        print("hash \(content.tx.hash().hex), \(content.log.count) entries of the commit log")
    }
}

struct PoisonedFileError: Error, CustomStringConvertible {
    var path: String
    var reason: String
    var description: String { "\(path): \(reason)" }
}
