import ConformanceKit
import JSON
import PeerGossip
import PeerIdentity
import PeerNetwork
import Protocol
import Signatures

/// `scoring-and-limits`: application scores, their states, the limits on requests, the cache of seen messages.
extension P2PConformance {
    static func checkScoringAndLimits(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        for (number, sequence) in (root["appScores"]?.elements.enumerated().map { $0 } ?? []) {
            let values = try sequence["penaltyValues"].flatMap { $0.isNull ? nil : try $0.elements.map { try $0.requireDouble() } } ?? []
            try checkScores(sequence, ApplicationScores(penaltyValues: values), "appScores \(number)", file, &report)
        }
        for entry in root["scoreStates"]?.elements.map({ $0 }) ?? [] {
            let score = try entry.required("score").requireDouble()
            report.check(file: file, case: "state of \(score)", expected: try entry.required("state").requireString(), got: PeerScoreState(score: score).rawValue)
        }
        for (number, sequence) in (root["rateLimits"]?.elements.enumerated().map { $0 } ?? []) {
            try checkLimits(sequence, "rateLimits \(number)", file, &report)
        }
        for (number, sequence) in (root["seenCache"]?.elements.enumerated().map { $0 } ?? []) {
            var cache = SeenCache<String>(capacity: try sequence.required("capacity").requireInt())
            for (step, line) in try sequence.required("steps").elements.enumerated() {
                let isNew = cache.insert(try line[0].orThrow("id").requireString())
                let got = "\(isNew) \(cache.count)"
                let expected = "\(try line[1].orThrow("isNew").requireBool()) \(try line[2].orThrow("size").requireInt())"
                report.check(file: file, case: "seenCache \(number) step \(step)", expected: expected, got: got)
            }
        }
    }

    private static func checkScores(_ sequence: JSONElement, _ start: ApplicationScores, _ name: String, _ file: String, _ report: inout ConformanceReport) throws {
        var scores = start
        let peer = testPeer("p1")
        var now: Double = 0
        for (step, line) in try sequence.required("steps").elements.enumerated() {
            switch try line.required("op").requireString() {
            case "advance": now += try line.required("ms").requireDouble()
            case "penalize":
                let severity = try line.required("severity").requireString()
                guard let severity = PeerErrorSeverity(rawValue: severity) else { throw JSONError("no severity: \(severity)", at: line) }
                scores.penalize(peer, severity, now: now)
            case "decayAllScores": scores.decayAll(now: now)
            case let other: throw JSONError("no such operation: \(other)", at: line)
            }
            // The reference keeps the smallest remainders; we forget what is closer to zero than 0.001.
            let expected = try line.required("score").requireDouble()
            let got = scores.score(peer)
            let isEqual = abs(expected - got) <= 1e-12 * max(1, abs(expected)) || (got == 0 && abs(expected) < 0.001)
            if isEqual { report.pass() } else { report.fail(file: file, case: "\(name) step \(step)", expected: "\(expected)", got: "\(got)") }
            report.check(file: file, case: "\(name) step \(step) state", expected: try line.required("state").requireString(), got: scores.state(peer).rawValue)
        }
    }

    private static func checkLimits(_ sequence: JSONElement, _ name: String, _ file: String, _ report: inout ConformanceReport) throws {
        let text = try sequence.required("protocol").requireString()
        guard let kind = RequestProtocol(rawValue: text) else {
            // A name that is no protocol has no limits at the reference; here no stream of it could even be opened.
            return report.skip("rate limits of a name that is no protocol", count: try sequence.required("steps").count)
        }
        var limits = RequestLimits()
        var now: Double = 0
        for (step, line) in try sequence.required("steps").elements.enumerated() {
            now += try line[0].orThrow("ms").requireDouble()
            let verdict = limits.check(kind, testPeer(try line[1].orThrow("peer").requireString()), now: now)
            report.check(file: file, case: "\(name) \(text) step \(step)", expected: try line[2].orThrow("result").requireString(), got: verdict.rawValue)
            let penalty: PeerErrorSeverity? = verdict == .deniedPeer ? .high : nil
            report.check(file: file, case: "\(name) \(text) step \(step) penalty", expected: try line[3].orThrow("penalty").string, got: penalty?.rawValue)
        }
    }

    /// A peer for a name in the data: a key made from its letters.
    static func testPeer(_ name: String) -> PeerID {
        var secret = [UInt8](repeating: 0, count: 31) + [1]
        for (index, letter) in name.utf8.prefix(24).enumerated() { secret[index] = letter }
        return try! NodeKey(Secp256k1.PrivateKey(secret)).id
    }
}

extension Optional where Wrapped == JSONElement {
    func orThrow(_ what: String) throws(JSONError) -> JSONElement {
        guard let self else { throw JSONError("missing: \(what)") }
        return self
    }
}
