import Bytes
import ConformanceKit
import JSON
import PeerIdentity
import PeerTransport

/// The parts of `protobufs.json` about identify and signed peer records.
enum IdentifyChecks {
    @Sendable static func run(document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, element) in numbered(document["identify"]) {
            guarded(file, "identify \(index)", &report) { try identify(element, file, "identify \(index)", &$0) }
        }
        for (index, element) in numbered(document["peerRecords"]) {
            guarded(file, "peer record \(index)", &report) { try record(element, file, "peer record \(index)", &$0) }
        }
        for (index, element) in numbered(document["malformedEnvelopes"]) {
            let label = "malformed envelope \(index) \(element["label"]?.string ?? "")"
            report.check(file: file, case: label, refused: element["result"]?["throws"] != nil) {
                _ = try SignedPeerRecord(envelope: bytes(element["envelope"])[...], domain: element["domain"]?.string ?? SignedPeerRecord.domain)
            }
        }
    }

    private static func bytes(_ element: JSONElement?) -> [UInt8] { element?.string.flatMap { Hex.decode($0) } ?? [] }

    private static func guarded(_ file: String, _ label: String, _ report: inout ConformanceReport, _ body: (inout ConformanceReport) throws -> Void) {
        do { try body(&report) } catch { report.fail(file: file, case: label, expected: "a message that is understood", got: "\(error)") }
    }

    private static func identify(_ element: JSONElement, _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
        let told = element["message"]
        var message = IdentifyMessage()
        message.protocolVersion = told?["protocolVersion"]?.string
        message.agentVersion = told?["agentVersion"]?.string
        message.publicKey = told?["publicKey"]?.string.flatMap { Hex.decode($0) }
        message.listenAddresses = told?["listenAddrs"]?.elements.map { bytes($0) } ?? []
        message.observedAddress = told?["observedAddr"]?.string.flatMap { Hex.decode($0) }
        message.protocols = told?["protocols"]?.elements.compactMap(\.string) ?? []
        message.signedPeerRecord = told?["signedPeerRecord"]?.string.flatMap { Hex.decode($0) }
        report.check(file: file, case: label + " written", expected: element["bytes"]?.string, got: message.bytes.hex)
        report.check(file: file, case: label + " framed", expected: element["framed"]?.string, got: message.framed.hex)
        let read = try IdentifyMessage(bytes(element["bytes"])[...])
        report.check(file: file, case: label + " read", expected: message, got: read)
        if let text = element["peerId"]?.string {
            let identification = try read.identification(of: try PeerID(text: text))
            report.check(file: file, case: label + " protocols", expected: message.protocols, got: identification.protocols)
            report.check(file: file, case: label + " of another peer", refused: true) { _ = try read.identification(of: NodeKey.generate().id) }
        }
    }

    private static func record(_ element: JSONElement, _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
        let key = try NodeKey(text: element["privateKey"]?.string ?? "")
        let addresses = try element["multiaddrs"]?.elements.map { try Multiaddr(text: $0.string ?? "").bytes } ?? []
        let record = SignedPeerRecord(peer: key.id, sequence: element["seq"]?.string.flatMap { UInt64($0) } ?? 0, addresses: addresses)
        report.check(file: file, case: label + " peer", expected: element["peerId"]?.string, got: "\(key.id)")
        report.check(file: file, case: label + " record", expected: element["peerRecord"]?.string, got: record.record.hex)
        report.check(file: file, case: label + " envelope", expected: element["envelope"]?.string, got: record.sealed(by: key).hex)
        report.check(file: file, case: label + " opened", expected: record, got: try SignedPeerRecord(envelope: bytes(element["envelope"])[...]))
        report.check(file: file, case: label + " payload type", expected: element["payloadType"]?.string, got: SignedPeerRecord.payloadType.hex)
    }
}
