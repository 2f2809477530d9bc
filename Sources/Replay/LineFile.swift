import Compression
import Glibc
import JSON

/// A file of JSON objects, one a line, gzip or plain.
struct LineFile {
    /// Decompressed; a transaction has at most some 400 kB of hex.
    static let maximumBytes = 4 << 30

    let path: String
    let lines: [ArraySlice<UInt8>]

    init(_ path: String) throws(ReplayError) {
        self.path = path
        let stored = try Self.read(path)
        do {
            let bytes = Gzip.isGzip(stored) ? try Gzip.decompress(stored, limit: Self.maximumBytes) : stored
            lines = bytes.split(separator: 0x0a)
        } catch {
            throw ReplayError("\(path): \(error)")
        }
    }

    /// - Parameter index: of `lines`.
    func object(_ index: Int) throws(ReplayError) -> JSONDocument {
        do { return try JSONDocument.parse(lines[index]) } catch { throw failure(index, "\(error)") }
    }

    func failure(_ index: Int, _ reason: String) -> ReplayError { ReplayError("\(path), line \(index + 1): \(reason)") }

    private static func read(_ path: String) throws(ReplayError) -> [UInt8] {
        func failure() -> ReplayError { ReplayError("\(path): \(String(cString: strerror(errno)))") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { return bytes }
            guard bytes.count + count <= maximumBytes else { throw ReplayError("\(path): more than \(maximumBytes) bytes") }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
