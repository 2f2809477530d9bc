import Bytes
import Compression
import ConformanceKit
import Hashing
import JSON
import PeerGossip
import Protocol

/// `gossip-encoding.json`: topics, wrappers, message ids, compression.
enum GossipEncodingChecks {
    @Sendable static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let version = root["version"]?.string ?? ""
        for (name, value) in root["topics"].map({ Array($0.members) }) ?? [] {
            guard let topic = GossipTopic(rawValue: name) else {
                report.fail(file: file, case: "topic \(name)", expected: "a known topic", got: "none")
                continue
            }
            report.check(file: file, case: "topic \(name)", expected: value.string, got: topic.name(version: version))
        }
        if let all = root["subscribedByFullNode"] {
            report.check(file: file, case: "topics of a full node", expected: Set(all.elements.compactMap(\.string)), got: Set(GossipTopic.allCases.map(\.rawValue)))
        }
        for element in root.entries("subscribedByProver") {
            report.check(file: file, case: "topic of a prover", expected: true, got: GossipTopic(rawValue: element.string ?? "") != nil)
        }
        for (index, element) in root.entries("messages").enumerated() { message(element, "message \(index)", file, &report) }
        for (index, element) in root.entries("malformedSnappy").enumerated() {
            let label = "snappy \(index) \(element["label"]?.string ?? "")"
            compare(element, file, label, &report) { bytes in bytes.isEmpty ? [] : try Snappy.decompress(bytes, limit: 16 << 20) } matches: { $0.matches($1) }
        }
        for (index, element) in root.entries("malformedWrapper").enumerated() {
            compare(element, file, "wrapper \(index)", &report) { bytes in
                var reader = ByteReader(bytes)
                return try P2PMessage(from: &reader)
            } matches: { expected, message in
                // Times beyond 2⁵³ were recorded as null.
                let time = expected["publishTimeMs"]?.uint64
                return expected["id"]?.string == Hex.encodePrefixed(message.id.bytes)
                    && expected["payload"]?.matches(message.payload) == true && (time == nil || time == message.publishTime)
            }
        }
    }

    private static func message(_ element: JSONElement, _ label: String, _ file: String, _ report: inout ConformanceReport) {
        guard let topic = element["topic"]?.string, let data = element["messageData"]?.bytes, let snappy = element["snappy"]?.bytes, let id = element["messageId"]?.bytes else {
            return report.fail(file: file, case: label, expected: "topic, messageData, snappy, messageId", got: "not all of them")
        }
        do {
            var reader = ByteReader(data)
            let message = try P2PMessage(from: &reader)
            report.check(file: file, case: label + " time", expected: element["publishTimeMs"]?.uint64, got: message.publishTime)
            report.check(file: file, case: label + " id in the wrapper", expected: element["id"]?.bytes, got: message.id.bytes)
            report.check(file: file, case: label + " object", expected: true, got: element["object"]?.matches(message.payload) == true)
            report.check(file: file, case: label + " written", expected: data.hexText, got: message.serialized.hexText)
            report.check(file: file, case: label + " message id", expected: id.hexText, got: MessageID(topic: Array(topic.utf8), payload: data).bytes.hexText)
            report.check(file: file, case: label + " decompressed", expected: data.hexText, got: try Snappy.decompress(snappy, limit: 16 << 20).hexText)
            report.check(file: file, case: label + " compressed and back", expected: data.hexText, got: try Snappy.decompress(Snappy.compress(data), limit: 16 << 20).hexText)
        } catch {
            report.fail(file: file, case: label, expected: "a message", got: "\(error)")
        }
    }

    /// `result` is what `bytes` give, or an object with `throws`.
    private static func compare<T>(
        _ element: JSONElement, _ file: String, _ label: String, _ report: inout ConformanceReport, _ body: ([UInt8]) throws -> T, matches: (JSONElement, T) -> Bool
    ) {
        guard let bytes = element["bytes"]?.bytes, let expected = element["result"] else {
            return report.fail(file: file, case: label, expected: "bytes and result", got: "not both")
        }
        let isRefused = expected["throws"] != nil
        do {
            let value = try body(bytes)
            if isRefused || !matches(expected, value) { report.fail(file: file, case: label, expected: expected.string ?? (isRefused ? "a refusal" : "an object"), got: "\(value)") } else { report.pass() }
        } catch {
            if isRefused { report.pass() } else { report.fail(file: file, case: label, expected: expected.string ?? (isRefused ? "a refusal" : "an object"), got: "\(error)") }
        }
    }
}

extension JSONElement {
    /// Elements of a member that is an array; none when it is missing.
    func entries(_ key: String) -> [JSONElement] { self[key].map { Array($0.elements) } ?? [] }

    /// Of a hex string.
    fileprivate var bytes: [UInt8]? { string.flatMap { Hex.decode($0) } }

    /// Whether this is `bytes`: as hex, or by length and SHA-256 when they are many.
    fileprivate func matches(_ bytes: [UInt8]) -> Bool {
        if let text = string { return Hex.decode(text) == bytes }
        return self["length"]?.int == bytes.count && self["sha256"]?.bytes == SHA256.hash(bytes)
    }
}

extension [UInt8] {
    fileprivate var hexText: String { Hex.encode(self) }
}
