import Diagnostics
import EventLoop
import JSON
import PeerDiscovery
import PeerIdentity
import PeerNetwork

/// What the network keeps in `<data directory>/p2p`: the own record (its number must go on rising), the known peers (dialled
/// first after a restart), and the table that `aztec peers` prints. Every file is replaced as a whole.
final class NetworkFiles {
    let peers: FilePeerStore
    private let records: DiscoveryFiles
    private let directory: String
    private let log = Logger("p2p")
    private var written: [PeerEntry]?

    init(_ directory: String) {
        self.directory = directory
        records = DiscoveryFiles(directory: directory)
        peers = FilePeerStore(path: directory + "/peers")
    }

    func record() -> ENR? { records.ownRecord() }

    func keep(_ record: ENR) {
        do { try records.save(own: record) } catch { log.warn("\(error)") }
    }

    /// The table, when anything but ages has changed.
    func keep(_ entries: [PeerEntry]) {
        let entries = entries.sorted { ($0.state.rawValue, $0.id) > ($1.state.rawValue, $1.id) }
        let settled = entries.map { entry in
            var entry = entry
            entry.connectedSeconds /= 60
            return entry
        }
        guard settled != written else { return }
        written = settled
        var writer = JSONWriter()
        writer.beginArray()
        for entry in entries { Self.write(entry, to: &writer) }
        writer.endArray()
        write("/peers.json", writer.bytes)
    }

    private static func write(_ entry: PeerEntry, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", entry.id.description)
        writer.member("state", entry.state.rawValue)
        writer.member("address", entry.address.description)
        writer.member("direction", entry.isOutbound ? "out" : "in")
        writer.member("protected", entry.isProtected)
        if let agent = entry.agent { writer.member("agent", agent) }
        writer.member("score", entry.applicationScore)
        writer.member("gossipScore", entry.gossipScore)
        writer.member("seconds", Int(clamping: entry.connectedSeconds))
        if let record = entry.record { writer.member("enr", record) }
        writer.endObject()
    }

    private func write(_ name: String, _ bytes: [UInt8]) {
        do { try SmallFile.write(directory + name, bytes, mode: 0o644) } catch { log.warn("\(error)") }
    }
}
