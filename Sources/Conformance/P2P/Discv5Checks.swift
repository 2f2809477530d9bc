import Bytes
import Ciphers
import ConformanceKit
import EventLoop
import JSON
import PeerDiscovery
import PeerIdentity
import Signatures

/// discv5.json: packets, keys, messages, and live sessions played again from either side.
enum Discv5Checks {
    static func run(_ document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, item) in try document.need("packets").elements.enumerated() { try packet(item, "packet \(index)", file, &report) }
        for item in try document.need("malformedPackets").elements { try malformed(item, file, &report) }
        for (index, item) in try document.need("keys").elements.enumerated() { try keys(item, "keys \(index)", file, &report) }
        for item in try document.need("messages").elements { try message(item, file, &report) }
        for item in try document.need("messageDecoding").elements { try decoding(item, file, &report) }
        for (index, item) in try document.need("live").elements.enumerated() { try Discv5Replay(item, label: "session \(index)", file: file).run(&report) }
    }

    private static func node(_ item: JSONElement, _ key: String) throws -> NodeID {
        guard let id = NodeID(bytes: try item.hex(key)) else { throw Vectors.Failure("\(item.path).\(key): no node id") }
        return id
    }

    private static func packet(_ item: JSONElement, _ label: String, _ file: String, _ report: inout ConformanceReport) throws {
        let flags: [String: DiscoveryPacket.Flag] = ["message": .ordinary, "whoareyou": .whoAreYou, "handshake": .handshake]
        let kind = try item.text("kind")
        guard let flag = flags[kind] else { return report.skip("unknown kind of packet: \(kind)") }
        let recipient = try node(item, "dstId")
        let authdata = item["authdata"] == nil ? try item.hex("srcId") : try item.hex("authdata")
        let expected = DiscoveryPacket(flag: flag, nonce: try item.hex("nonce"), authdata: authdata, message: item["message"] == nil ? [] : try item.hex("message"), maskingIV: try item.hex("maskingIv"))
        let bytes = try item.hex("packet")
        report.check(file: file, case: "\(label): decoding", expected: expected, got: try DiscoveryPacket(decoding: bytes[...], for: recipient))
        report.check(file: file, case: "\(label): encoding", expected: bytes, got: expected.encoded(for: recipient))
        if item["challengeData"] != nil { report.check(file: file, case: "\(label): challenge data", expected: try item.hex("challengeData"), got: expected.header) }
        if flag == .whoAreYou { report.check(file: file, case: "\(label): authdata", expected: authdata, got: try Challenge(authdata: authdata).authdata) }
        if flag == .handshake { report.check(file: file, case: "\(label): authdata", expected: authdata, got: try Handshake(authdata: authdata).authdata) }
    }

    private static func malformed(_ item: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let label = try item.text("label")
        let result = try item.need("decoded")
        let (bytes, recipient) = (try item.hex("bytes"), try node(item, "dstId"))
        if result.isRefusal {
            report.check(file: file, case: label, refused: true) { _ = try DiscoveryPacket(decoding: bytes[...], for: recipient) }
            return
        }
        // The reference cuts an authdata that is said to be longer than the packet, and its next layer drops it for not fitting the flag.
        let size = try result.hex("authdata").count
        let fits = try result.need("flag").int == 0 ? size == NodeID.byteCount : result.need("flag").int == 1 ? size == Challenge.byteCount : size >= 131
        guard fits else {
            report.check(file: file, case: label, refused: true) {
                let packet = try DiscoveryPacket(decoding: bytes[...], for: recipient)
                switch packet.flag {
                case .ordinary: if packet.authdata.count != NodeID.byteCount { throw DecodingError("authdata of \(packet.authdata.count) bytes") }
                case .whoAreYou: _ = try Challenge(authdata: packet.authdata)
                case .handshake: _ = try Handshake(authdata: packet.authdata)
                }
            }
            return
        }
        let packet = try DiscoveryPacket(decoding: bytes[...], for: recipient)
        report.check(file: file, case: "\(label): flag", expected: try result.need("flag").int, got: Int(packet.flag.rawValue))
        report.check(file: file, case: "\(label): nonce", expected: try result.hex("nonce"), got: packet.nonce)
        report.check(file: file, case: "\(label): authdata", expected: try result.hex("authdata"), got: packet.authdata)
        report.check(file: file, case: "\(label): message", expected: try result.hex("message"), got: packet.message)
    }

    private static func keys(_ item: JSONElement, _ label: String, _ file: String, _ report: inout ConformanceReport) throws {
        let ephemeral = try Secp256k1.PrivateKey(try item.hex("ephemeralPrivateKey"))
        let (a, b, challenge) = (try node(item, "nodeIdA"), try node(item, "nodeIdB"), try item.hex("challengeData"))
        report.check(file: file, case: "\(label): ephemeral key", expected: try item.hex("ephemeralPublicKey"), got: ephemeral.compressedPublicKey)
        let secret = ephemeral.sharedPoint(with: try item.hex("staticPublicKey"))
        report.check(file: file, case: "\(label): secret", expected: try item.hex("secret"), got: secret ?? [])
        let keys = SessionKeys(secret: secret ?? [], initiator: a, recipient: b, challengeData: challenge)
        report.check(file: file, case: "\(label): initiator key", expected: try item.hex("initiatorKey"), got: keys.initiator)
        report.check(file: file, case: "\(label): recipient key", expected: try item.hex("recipientKey"), got: keys.recipient)
        let fixed = try Secp256k1.PrivateKey(try item.hex("staticPrivateKey"))
        let signature = SessionKeys.identitySignature(fixed, challengeData: challenge, ephemeralKey: ephemeral.compressedPublicKey, recipient: b)
        report.check(file: file, case: "\(label): id signature", expected: try item.hex("idSignature"), got: signature)
        report.check(
            file: file, case: "\(label): verification", expected: item["idSignatureVerifies"]?.bool ?? true,
            got: SessionKeys.verify(try item.hex("idSignature"), by: try item.hex("staticPublicKey"), challengeData: challenge, ephemeralKey: try item.hex("ephemeralPublicKey"), recipient: b))
        let (key, nonce, associated) = (try item.hex("gcmKey"), try item.hex("gcmNonce"), try item.hex("gcmAd"))
        let (plain, cipher) = (try item.hex("gcmPlain"), try item.hex("gcmCipher"))
        report.check(file: file, case: "\(label): sealing", expected: cipher, got: AES128GCM.seal(key: key, nonce: nonce, associated: associated, plain[...]))
        report.check(file: file, case: "\(label): opening", expected: plain, got: AES128GCM.open(key: key, nonce: nonce, associated: associated, cipher[...]) ?? [])
    }

    private static func message(_ item: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let (label, bytes) = (try item.text("label"), try item.hex("bytes"))
        let message = try DiscoveryMessage(decoding: bytes[...])
        // A number zero is written as the empty string (canonical); the reference writes 00, which strict readers refuse.
        if case .ping(_, sequence: 0) = message {
            report.check(file: file, case: label, expected: message, got: try DiscoveryMessage(decoding: message.encoded[...]))
        } else {
            report.check(file: file, case: label, expected: bytes, got: message.encoded)
        }
    }

    private static func decoding(_ item: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let (label, bytes) = (try item.text("label"), try item.hex("bytes"))
        let result = try item.need("decoded")
        if result.isRefusal {
            report.check(file: file, case: label, refused: true) { _ = try DiscoveryMessage(decoding: bytes[...]) }
            return
        }
        let message = try DiscoveryMessage(decoding: bytes[...])
        let type = try result.need("type").int
        func check(_ got: Int, _ id: RequestID, _ sequence: UInt64? = nil) throws {
            report.check(file: file, case: "\(label): type", expected: type, got: got)
            report.check(file: file, case: "\(label): id", expected: try result.text("id"), got: "\(id.number)")
            if let sequence { report.check(file: file, case: "\(label): enr-seq", expected: try result.text("enrSeq"), got: "\(sequence)") }
        }
        switch message {
        case .ping(let id, let sequence): try check(1, id, sequence)
        case .pong(let id, let sequence, _): try check(2, id, sequence)
        case .findNode(let id, let distances):
            try check(3, id)
            report.check(file: file, case: "\(label): distances", expected: try result.need("distances").elements.map { $0.int ?? -1 }, got: distances)
        case .nodes(let id, _, _): try check(4, id)
        case .talkRequest(let id, _, _): try check(5, id)
        case .talkResponse(let id, _): try check(6, id)
        case .unknown(let got): report.check(file: file, case: "\(label): type", expected: type, got: Int(got))
        }
    }
}
