import Bytes
import Ciphers
public import ConformanceKit
import EventLoop
import JSON
import PeerDiscovery
import PeerIdentity
import Signatures

/// Set `discv5`: the wire vectors of the devp2p specification.
public enum Discv5Conformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        for path in try Vectors.files(in: directory, recursive: true) {
            let root = try Vectors.json(path).root
            let file = Vectors.name(path)
            if let packets = root["packets"], let keys = root["keys"] {
                let nodes = [try key(keys, "node-a-key"), try key(keys, "node-b-key")]
                for item in packets.elements { try WirePacket(item, nodes, file).run(&report) }
            }
            if let primitives = root["primitives"] { try Primitives.run(primitives, file, &report) }
            if let example = root["enr"] { try record(example, file, &report) }
        }
    }

    private static func key(_ item: JSONElement, _ name: String) throws -> NodeKey { NodeKey(try Secp256k1.PrivateKey(try item.hex(name))) }

    private static func record(_ item: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let text = try item.text("enr")
        let record = try ENR(text: text)
        report.check(file: file, case: "enr: node id", expected: try item.hex("nodeId"), got: record.nodeID.bytes)
        report.check(file: file, case: "enr: seq", expected: item["seq"]?.uint64, got: record.sequence)
        report.check(file: file, case: "enr: ip", expected: item["ip"]?.string, got: record.ip4?.description)
        report.check(file: file, case: "enr: udp", expected: item["udp"]?.int, got: record.udp.map(Int.init))
        report.check(file: file, case: "enr: text", expected: text, got: record.text)
        let owner = try key(item, "privateKey")
        report.check(file: file, case: "enr: key", expected: owner.id, got: record.peerID)
        let pairs = Dictionary(uniqueKeysWithValues: record.pairs.map { ($0.key, $0.value) })
        // The example's signature is not the deterministic one, so only content and node id can be equal.
        let made = try ENR(signing: pairs, sequence: record.sequence, with: owner)
        report.check(file: file, case: "enr: signed again", expected: record.pairs.map(\.value), got: made.pairs.map(\.value))
        report.check(file: file, case: "enr: signed again, node id", expected: record.nodeID, got: made.nodeID)
    }
}

extension JSONElement {
    func text(_ key: String) throws -> String {
        guard let text = self[key]?.string else { throw Vectors.Failure("\(path): no text \(key)") }
        return text
    }

    func hex(_ key: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(try text(key)) else { throw Vectors.Failure("\(path).\(key): no hex") }
        return bytes
    }
}
