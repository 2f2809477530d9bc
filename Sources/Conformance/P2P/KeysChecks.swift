import Bytes
import ConformanceKit
import EventLoop
import JSON
import PeerIdentity
import Signatures

/// keys.json: the node's key, its names, its signatures and addresses.
enum KeysChecks {
    static func run(_ document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, item) in try document.need("keys").elements.enumerated() {
            let label = "key \(index)"
            let key = try NodeKey(text: try item.text("privateKey"))
            report.check(file: file, case: "\(label): text", expected: try item.text("privateKey"), got: key.text)
            report.check(file: file, case: "\(label): public key", expected: try item.hex("publicKeyProtobuf"), got: key.id.publicKeyProtobuf)
            report.check(file: file, case: "\(label): multihash", expected: try item.hex("peerIdBytes"), got: key.id.multihash)
            report.check(file: file, case: "\(label): peer id", expected: try item.text("peerId"), got: key.id.description)
            report.check(file: file, case: "\(label): peer id read", expected: key.id, got: try PeerID(text: try item.text("peerId")))
            report.check(file: file, case: "\(label): node id", expected: try item.text("nodeId"), got: NodeID(key.id).description)
            let (message, signature) = (try item.hex("message"), try item.hex("signatureDer"))
            report.check(file: file, case: "\(label): signature", expected: signature, got: key.sign(message: message))
            report.check(file: file, case: "\(label): verification", expected: item["verifies"]?.bool ?? true, got: key.id.verify(message: message, signature: signature))
        }
        for item in try document.need("malformedKeys").elements {
            let text = try item.text("privateKey")
            let result = try item.need("peerId")
            if !result.isRefusal, result.string?.hasPrefix("16Uiu2HA") != true {
                // Its ENR and discv5 could not use such a key either.
                report.skip("keys of other kinds than secp256k1, which no node of the network has")
                continue
            }
            report.check(file: file, case: "malformed key of \(text.utf8.count) letters", refused: result.isRefusal) { _ = try NodeKey(text: text) }
        }
        let peer = try document.need("keys")[0].map { try PeerID(text: try $0.text("peerId")) }
        for item in try document.need("multiaddrs").elements { try address(item, peer, file, &report) }
    }

    private static func address(_ item: JSONElement, _ peer: PeerID?, _ file: String, _ report: inout ConformanceReport) throws {
        let (host, port) = (try item.text("address"), try item.need("port").int ?? -1)
        let label = "\(host) \(port)"
        guard let text = try item.need("multiaddr").string else {
            // A name instead of an address.
            report.check(file: file, case: label, expected: true, got: IPAddress(host) == nil)
            return
        }
        guard let ip = IPAddress(host), let port = UInt16(exactly: port), let transport = Multiaddr.Transport(rawValue: try item.text("transport")) else {
            report.fail(file: file, case: label, expected: text, got: "no address")
            return
        }
        var address = Multiaddr(SocketAddress(ip, port), transport)
        report.check(file: file, case: "\(label): text", expected: text, got: address.description)
        report.check(file: file, case: "\(label): bytes", expected: try item.hex("bytes"), got: address.bytes)
        report.check(file: file, case: "\(label): text read", expected: address, got: try Multiaddr(text: text))
        report.check(file: file, case: "\(label): bytes read", expected: address, got: try Multiaddr(decoding: try item.hex("bytes")[...]))
        guard let named = item["withPeer"], named.isObject else { return }
        // The vectors' first key.
        address.peer = peer
        report.check(file: file, case: "\(label): text with peer", expected: try named.text("text"), got: address.description)
        report.check(file: file, case: "\(label): bytes with peer", expected: try named.hex("bytes"), got: address.bytes)
        report.check(file: file, case: "\(label): with peer read", expected: address, got: try Multiaddr(decoding: try named.hex("bytes")[...]))
    }
}
