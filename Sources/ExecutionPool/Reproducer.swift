import Bytes
import CLinux
import Field
import Glibc
import Protocol

/// What is kept of a transaction that was dropped for killing its executors or never ending: enough to run it again.
public struct Reproducer: Sendable {
    /// Files kept in a directory; beyond that nothing more is written.
    public static let limit = 256

    public var name: String
    public var bytes: [UInt8]

    /// Lines of text up to an empty one, then pieces behind their length in four bytes, big-endian: global variables, the
    /// transaction without proof (`Tx.wire`), and the commit log before it, entry by entry (`CommitMessage`).
    init(_ request: PoolRequest, _ tx: PoolTx, index: Int, position: Int, reason: String, log: [[UInt8]]) {
        let hash = tx.hash.map { $0.hex } ?? "unknown"
        name = "tx-\(request.globals.blockNumber.uint64 ?? 0)-\(index)-\(hash.prefix(18))"
        var writer = ByteWriter()
        let head = """
            quetzal-reproducer 2
            reason \(reason)
            base block \(request.baseBlock)
            transaction \(hash)
            index \(index), \(position) committed before it
            validators \(request.validates), fees enforced \(!request.skipsFeeEnforcement)


            """
        writer.write(Array(head.utf8))
        for piece in [request.globals.serialized, tx.wire] + log {
            writer.write(UInt32(piece.count))
            writer.write(piece)
        }
        bytes = writer.bytes
    }

    /// Writes it into `directory`, made if need be: under another name first, so that a file is whole or not there.
    /// Returns the path; nil when it could not be written.
    public func save(in directory: String) -> String? {
        mkdir(directory, 0o700)
        guard Self.count(directory) < Self.limit else { return nil }
        let path = directory + "/" + name
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            done += count
        }
        let isWhole = done == bytes.count && fsync(file) == 0
        close(file)
        guard isWhole, rename(temporary, path) == 0 else {
            unlink(temporary)
            return nil
        }
        return path
    }

    private static func count(_ directory: String) -> Int {
        guard let handle = opendir(directory) else { return 0 }
        defer { closedir(handle) }
        var count = 0
        while readdir(handle) != nil { count += 1 }
        return max(0, count - 2)
    }
}
