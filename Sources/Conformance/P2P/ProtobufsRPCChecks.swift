import Bytes
import ConformanceKit
import JSON
import PeerGossip

/// The RPCs of `protobufs.json`: read and written, and malformed ones.
enum ProtobufsRPCChecks {
    @Sendable static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        for element in root.entries("rpc") {
            let label = "rpc \(element["label"]?.string ?? "")"
            guard let bytes = element["bytes"]?.string.flatMap({ Hex.decode($0) }), let framed = element["framed"]?.string.flatMap({ Hex.decode($0) }) else {
                report.fail(file: file, case: label, expected: "bytes and framed", got: "not both")
                continue
            }
            do {
                let rpc = try GossipRPC(bytes[...])
                report.check(file: file, case: label + " written", expected: Hex.encode(bytes), got: Hex.encode(rpc.encoded))
                report.check(file: file, case: label + " framed", expected: Hex.encode(framed), got: Hex.encode(rpc.framed))
                var reader = FrameReader(limit: 4 << 20)
                reader.append(framed[...])
                report.check(file: file, case: label + " cut from the stream", expected: Hex.encode(bytes), got: Hex.encode(Array(try reader.next() ?? [])))
            } catch {
                report.fail(file: file, case: label, expected: "an RPC", got: "\(error)")
            }
        }
        for (index, element) in root.entries("malformedRpc").enumerated() {
            let label = "malformed rpc \(index) \(element["label"]?.string ?? "")"
            guard let bytes = element["bytes"]?.string.flatMap({ Hex.decode($0) }), let expected = element["decoded"] else {
                report.fail(file: file, case: label, expected: "bytes and decoded", got: "not both")
                continue
            }
            do {
                let rpc = try GossipRPC(bytes[...])
                if let reason = expected["throws"]?.string {
                    report.fail(file: file, case: label, expected: "a refusal: \(reason)", got: "an RPC")
                } else {
                    report.check(file: file, case: label, expected: lines(expected), got: lines(rpc))
                }
            } catch {
                if expected["throws"] != nil { report.pass() } else { report.fail(file: file, case: label, expected: lines(expected).joined(separator: "; "), got: "\(error)") }
            }
        }
    }

    // What an RPC says, line by line, from the recording and from ours.

    private static func lines(_ rpc: JSONElement) -> [String] {
        var result: [String] = []
        for entry in rpc.entries("subscriptions") { result.append("subscription \(entry["subscribe"]?.bool.map(String.init) ?? "-") \(text(entry["topic"]))") }
        for entry in rpc.entries("messages") {
            let members = ["from", "data", "seqno", "signature", "key"].map { entry[$0]?.string ?? "-" }
            result.append("message \(members.joined(separator: " ")) topic \(text(entry["topic"]))")
        }
        guard let control = rpc["control"] else { return result }
        result.append("control")
        // Ids of another length than 20 bytes the reference reads and then fails on.
        func ids(_ entry: JSONElement) -> String { entry.entries("messageIDs").compactMap(\.string).filter { $0.utf8.count == 42 }.joined(separator: " ") }
        for entry in control.entries("ihave") { result.append("ihave \(text(entry["topicID"])) \(ids(entry))") }
        for entry in control.entries("iwant") { result.append("iwant \(ids(entry))") }
        for entry in control.entries("graft") { result.append("graft \(text(entry["topicID"]))") }
        for entry in control.entries("prune") {
            let peers = entry.entries("peers").map { "\($0["peerID"]?.string ?? "-") \($0["signedPeerRecord"]?.string ?? "-")" }
            let backoff = entry["backoff"].flatMap { $0.uint64.map(String.init) ?? $0.string } ?? "-"
            result.append("prune \(text(entry["topicID"])) \(backoff) \(peers.joined(separator: " "))")
        }
        return result
    }

    private static func lines(_ rpc: GossipRPC) -> [String] {
        func hex(_ bytes: ArraySlice<UInt8>?) -> String { bytes.map { "0x" + Hex.encode(Array($0)) } ?? "-" }
        func ids(_ ids: [MessageID]) -> String { ids.map { "0x\($0)" }.joined(separator: " ") }
        var result: [String] = []
        for entry in rpc.subscriptions { result.append("subscription \(entry.subscribes.map { String($0) } ?? "-") \(text(entry.topic))") }
        for entry in rpc.messages {
            let members = [entry.from, entry.data, entry.sequence, entry.signature, entry.key].map(hex)
            result.append("message \(members.joined(separator: " ")) topic \(text(entry.topic))")
        }
        guard let control = rpc.control else { return result }
        result.append("control")
        for entry in control.ihave { result.append("ihave \(text(entry.topic)) \(ids(entry.ids))") }
        for entry in control.iwant { result.append("iwant \(ids(entry))") }
        for entry in control.graft { result.append("graft \(text(entry))") }
        for entry in control.prune {
            let peers = entry.peers.map { "\(hex($0.id)) \(hex($0.signedRecord))" }
            result.append("prune \(text(entry.topic)) \(entry.backoff.map { String($0) } ?? "-") \(peers.joined(separator: " "))")
        }
        return result
    }

    // A topic that is no UTF-8 the reference reads as something that is none either.

    private static func text(_ element: JSONElement?) -> String {
        guard let element else { return "-" }
        return element.string.map { name in name.unicodeScalars.contains { $0.value >= 0xd7ff } ? "?" : name } ?? "-"
    }

    private static func text(_ bytes: ArraySlice<UInt8>?) -> String {
        guard let bytes else { return "-" }
        return String(validating: bytes, as: UTF8.self) ?? "?"
    }
}
