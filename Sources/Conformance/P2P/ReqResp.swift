import Bytes
import ConformanceKit
import JSON
import PeerNetwork

/// `reqresp`: names and numbers of the protocols, requests as written, responses as read, goodbye reasons.
extension P2PConformance {
    static func checkReqResp(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        for (name, value) in root["protocols"]?.members.map({ $0 }) ?? [] where name.hasPrefix("/") {
            report.check(file: file, case: "protocol \(name)", expected: value.string?.lowercased(), got: RequestProtocol(rawValue: name).map { "\($0)" })
        }
        for (name, value) in root["statusCodes"]?.members.map({ $0 }) ?? [] {
            let code = ResponseStatus(rawValue: UInt8(try value.requireInt()))
            report.check(file: file, case: "status \(name)", expected: try statusNamed(name), got: code)
        }
        for (name, value) in root["goodbyeReasons"]?.members.map({ $0 }) ?? [] {
            let text = GoodbyeReason(rawValue: UInt8(try value.requireInt())).description
            report.check(file: file, case: "goodbye reason \(name)", expected: name.lowercased(), got: text.split(separator: " ").joined(separator: "_"))
        }
        for (name, value) in root["rateLimits"]?.members.map({ $0 }) ?? [] {
            guard let quota = RequestProtocol(rawValue: name)?.quota else {
                report.fail(file: file, case: "rate limit \(name)", expected: "a known protocol", got: "none")
                continue
            }
            for (key, count) in [("peerLimit", quota.perPeer), ("globalLimit", quota.global)] {
                let limit = try value.required(key)
                let expected = "\(try limit.required("quotaCount").requireInt()) in \(try limit.required("quotaTimeMs").requireInt())"
                report.check(file: file, case: "\(key) \(name)", expected: expected, got: "\(count) in \(Int(quota.periodMillis))")
            }
        }
        for entry in root["request"]?.elements.map({ $0 }) ?? [] { try checkRequest(entry, file, &report) }
        for entry in root["goodbye"]?.elements.map({ $0 }) ?? [] {
            let bytes = try hex(entry.required("bytes"))
            report.check(file: file, case: "goodbye \(bytes)", expected: try entry.required("reason").requireInt(), got: Int(GoodbyeReason(request: bytes[...]).rawValue))
        }
    }

    private static func checkRequest(_ entry: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let label = try entry.required("label").requireString()
        let name = try entry.required("protocol").requireString()
        guard let kind = RequestProtocol(rawValue: name) else { throw JSONError("no such protocol: \(name)", at: entry) }
        let payload = try hex(entry.required("payload"))
        report.check(file: file, case: "\(label): request", expected: try entry.required("requestFrames").elements.map { try hex($0) }, got: [payload])
        let frames = try entry.required("responseFrames").elements.map { try hex($0) }
        if let first = frames.first, first.count != 1 {
            return report.skip("a response whose first frame is not one byte: the reference gives it up, we read on (note 07 §7.1)")
        }
        var reader = ResponseReader(limit: kind.maxResponseBytes)
        var isReadable = true
        for frame in frames where isReadable { isReadable = reader.receive(frame[...]) }
        let response = isReadable ? reader.end() : RequestResponse(.unknown)
        report.check(file: file, case: "\(label): status", expected: try entry.required("status").requireInt(), got: Int(response.status.rawValue))
        report.check(file: file, case: "\(label): data", expected: Hex.encodePrefixed(try hex(entry.required("data"))), got: Hex.encodePrefixed(response.data))
        if kind == .ping, response.status == .success, frames.count == 2 {
            report.check(file: file, case: "\(label): our response", expected: frames, got: ResponseReader.frames(.success, response.data))
        }
    }

    private static func statusNamed(_ name: String) throws -> ResponseStatus? {
        ["SUCCESS": .success, "RATE_LIMIT_EXCEEDED": .rateLimited, "BADLY_FORMED_REQUEST": .badlyFormed, "FAILURE": .failure, "UNKNOWN": .unknown][name]
    }

    static func hex(_ element: JSONElement) throws -> [UInt8] {
        let text = try element.requireString()
        guard text.hasPrefix("0x"), let bytes = Hex.decode(text.dropFirst(2)) else { throw JSONError("not hex with 0x", at: element) }
        return bytes
    }
}
