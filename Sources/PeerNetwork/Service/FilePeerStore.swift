import Diagnostics
import Glibc
import PeerIdentity

/// Known peers in a text file, a line each: unix milliseconds, a space, the record. Replaced as a whole, so a crash at
/// any instant leaves the old or the new one; a damaged line is skipped.
public final class FilePeerStore: PeerStore {
    private let path: String
    private static let maxBytes = 1 << 20
    private static let log = Logger("p2p:peers")

    public init(path: String) { self.path = path }

    public func load() -> [StoredPeer] {
        do {
            guard let bytes = try SmallFile.read(path, limit: Self.maxBytes) else { return [] }
            return Self.parse(bytes[...])
        } catch {
            Self.log.warn("Known peers could not be read", ["error": .init("\(error)")])
            return []
        }
    }

    /// Not synced: the page cache outlives the process, and the loop must not wait for the disk.
    public func save(_ peers: [StoredPeer]) {
        let text = Self.format(peers)
        let new = path + ".new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            Self.log.warn("Known peers could not be stored", ["path": .init(path), "error": .init(String(cString: strerror(errno)))])
            return
        }
        var sent = 0
        while sent < text.count {
            let count = text.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
            if count <= 0 { break }
            sent += count
        }
        close(descriptor)
        guard sent == text.count, rename(new, path) == 0 else {
            Self.log.warn("Known peers could not be stored", ["path": .init(path), "error": .init(String(cString: strerror(errno)))])
            unlink(new)
            return
        }
    }

    public static func format(_ peers: [StoredPeer]) -> [UInt8] {
        var text: [UInt8] = []
        for peer in peers { text += Array("\(peer.lastSeen) \(peer.record)\n".utf8) }
        return text
    }

    public static func parse(_ bytes: ArraySlice<UInt8>) -> [StoredPeer] {
        bytes.split(separator: 0x0a).compactMap { line in
            guard let space = line.firstIndex(of: 0x20), let seen = UInt64(String(decoding: line[..<space], as: UTF8.self)) else { return nil }
            let record = String(decoding: line[(space + 1)...], as: UTF8.self)
            return record.hasPrefix("enr:") ? StoredPeer(record: record, lastSeen: seen) : nil
        }
    }
}
