import Bytes
import Ciphers
import ConformanceKit
import JSON
import PeerIdentity
import PeerTransport

/// `noise.json`: handshakes with fixed keys, each side fed with what the other wrote; then transport messages.
enum NoiseChecks {
    @Sendable static func run(document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, element) in numbered(document["cases"]) {
            let label = "case \(index) \(element["label"]?.string ?? "")"
            do {
                try check(element, file, label, &report)
            } catch {
                report.fail(file: file, case: label, expected: "a case that runs", got: "\(error)")
            }
        }
    }

    private static func check(_ element: JSONElement, _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
        let writes = ["dialer", "listener"].map { side in messages(element["handshakeWrites"], from: side) }
        var dialer = try handshake(element, "dialer", expecting: expectation(element))
        var listener = try handshake(element, "listener", expecting: nil)

        // The dialer, fed with the listener's messages.
        var sent = [dialer.start()]
        var failure: NoiseError?
        for message in writes[1] {
            do throws(NoiseError) { if let answer = try dialer.receive(message[...]) { sent.append(answer) } } catch { failure = error }
        }
        report.check(file: file, case: label + " dialer writes", expected: writes[0].map(\.hex), got: sent.map(\.hex))
        compare(element["dialerResult"], dialer.result?.peer, failure, file, label + " dialer", &report)

        // The listener, fed with the dialer's.
        sent = []
        failure = nil
        for message in writes[0] {
            do throws(NoiseError) { if let answer = try listener.receive(message[...]) { sent.append(answer) } } catch { failure = error }
        }
        report.check(file: file, case: label + " listener writes", expected: writes[1].map(\.hex), got: sent.map(\.hex))
        compare(element["listenerResult"], listener.result?.peer, failure, file, label + " listener", &report)

        guard let ours = dialer.result?.session, let theirs = listener.result?.session else { return }
        transport(element, "dialer", ours, theirs, file, label, &report)
        transport(element, "listener", theirs, ours, file, label, &report)
    }

    private static func handshake(_ element: JSONElement, _ side: String, expecting peer: PeerID?) throws -> NoiseHandshake {
        func bytes(_ name: String) -> [UInt8] { element[side]?[name]?.string.flatMap { Hex.decode($0) } ?? [] }
        return NoiseHandshake(
            initiator: side == "dialer", identity: try NodeKey(text: element[side]?["identityPrivateKey"]?.string ?? ""),
            staticKey: try X25519.KeyPair(privateKey: bytes("staticPrivateKey")), ephemeral: try X25519.KeyPair(privateKey: bytes("ephemeralPrivateKey")),
            expecting: peer)
    }

    /// Whom the dialer named: the refusal quotes the key; otherwise anyone who is there is right.
    private static func expectation(_ element: JSONElement) throws -> PeerID? {
        guard let text = element["dialerResult"]?["throws"]?.string, let place = text.firstRange(of: "expected remote identity key ") else { return nil }
        let digits = text[place.upperBound...].prefix { $0.isHexDigit }
        return try PeerID(publicKeyProtobuf: (Hex.decode(digits) ?? [])[...])
    }

    /// The messages of one side: its writes strung together and cut by their lengths.
    private static func messages(_ writes: JSONElement?, from side: String) -> [[UInt8]] {
        var bytes = writes?.elements.filter { $0["from"]?.string == side }.flatMap { $0["bytes"]?.string.flatMap { Hex.decode($0) } ?? [] } ?? []
        var messages: [[UInt8]] = []
        while bytes.count >= 2 {
            let end = min(bytes.count, 2 + Int(bytes[0]) << 8 + Int(bytes[1]))
            messages.append(Array(bytes[2..<end]))
            bytes.removeFirst(end)
        }
        return messages
    }

    private static func compare(_ expected: JSONElement?, _ peer: PeerID?, _ failure: NoiseError?, _ file: String, _ label: String, _ report: inout ConformanceReport) {
        let got = peer.map { "\($0)" } ?? failure.map { "refused: \($0)" } ?? "no end"
        if let name = expected?["remotePeer"]?.string {
            report.check(file: file, case: label + " result", expected: name, got: got)
        } else if expected?["throws"]?.string == "timeout" {
            report.check(file: file, case: label + " result", expected: "no end", got: got)
        } else {
            report.check(file: file, case: label + " result", expected: true, got: got.hasPrefix("refused"))
        }
    }

    /// Seals what is known of the plaintexts and compares; the receiver opens it. Of what is known by its hash only, the lengths.
    private static func transport(_ element: JSONElement, _ side: String, _ sender: NoiseSession, _ receiver: NoiseSession, _ file: String, _ label: String, _ report: inout ConformanceReport) {
        let writes = element["transportWrites"]?.elements.filter { $0["from"]?.string == side } ?? []
        var position = 0
        var isKnown = true
        var plaintext = [UInt8](repeating: 0, count: NoiseSession.maxPlaintextBytes)
        for (index, message) in (element["transport"]?.elements.filter { $0["from"]?.string == side } ?? []).enumerated() {
            let name = "\(label) \(side) message \(index)"
            let text = message["plaintext"]?.string.flatMap { Hex.decode($0) }
            let content = text ?? [UInt8](repeating: 0, count: message["plaintext"]?["length"]?.int ?? 0)
            isKnown = isKnown && text != nil
            let output = SealedOutput(capacity: content.count + 20 * (2 + content.count / NoiseSession.maxPlaintextBytes))
            sender.append(content.span, to: output)
            sender.finishMessage(output)
            var sealed = output.bytes[..<output.count]
            while !sealed.isEmpty {
                let end = 2 + Int(sealed[sealed.startIndex]) << 8 + Int(sealed[sealed.startIndex + 1])
                let piece = sealed.prefix(end)
                sealed = sealed.dropFirst(end)
                guard position < writes.count else { return report.fail(file: file, case: name, expected: "no further write", got: "\(piece.count) bytes") }
                let write = writes[position]
                position += 1
                if let bytes = write["bytes"]?.string, text != nil {
                    report.check(file: file, case: name, expected: bytes, got: piece.hex)
                } else {
                    report.check(file: file, case: name + " length", expected: write["length"]?.int, got: piece.count)
                }
                let body = Array(piece.dropFirst(2))
                let opened = try? receiver.open(body.span, into: &plaintext)
                report.check(file: file, case: name + " opened", expected: piece.count - NoiseSession.overhead, got: opened ?? -1)
            }
        }
        report.check(file: file, case: "\(label) \(side) writes", expected: writes.count, got: position)
    }
}
