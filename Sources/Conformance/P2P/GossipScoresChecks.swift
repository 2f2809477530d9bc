import Bytes
import ConformanceKit
import JSON
import PeerGossip
import PeerIdentity
import Protocol
import Signatures

/// `gossip-scores.json`: every peer's score after each step of a script.
enum GossipScoresChecks {
    @Sendable static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        for (index, element) in root.entries("cases").enumerated() {
            let script = Script(cacheTime: root["scoreCacheValidityMs"]?.uint64)
            let names = element.entries("peers").compactMap(\.string)
            for (number, step) in element.entries("steps").enumerated() {
                let label = "case \(index) step \(number) \(step["op"]?.string ?? "")"
                guard script.take(step) else {
                    report.skip("unknown operation")
                    break
                }
                guard let expected = step["scores"] else { continue }
                for name in names {
                    let got = script.scores.score(script.peer(name), now: script.now)
                    let wanted = expected[name]?.double ?? .nan
                    if abs(got - wanted) <= 1e-9 * max(1, abs(wanted)) { report.pass() } else {
                        report.fail(file: file, case: "\(label) peer \(name)", expected: "\(wanted)", got: "\(got)")
                    }
                }
            }
        }
    }

    private final class Script {
        private final class ApplicationScores { var values: [PeerID: Double] = [:] }

        let scores: PeerScores
        private(set) var now: UInt64 = 0
        private let application = ApplicationScores()
        private var peers: [String: PeerID] = [:]

        init(cacheTime: UInt64?) {
            var parameters = ScoreParameters()
            if let cacheTime { parameters.cacheTime = cacheTime }
            let application = application
            scores = PeerScores(parameters, topics: GossipTopic.allCases.map { _ in TopicScoreParameters() }) { application.values[$0] ?? 0 }
        }

        func peer(_ name: String) -> PeerID {
            if let known = peers[name] { return known }
            var scalar = [UInt8](repeating: 0, count: 32)
            scalar[30] = 1
            scalar[31] = UInt8(peers.count)
            // A small number is a private key.
            let id = NodeKey(try! Secp256k1.PrivateKey(scalar)).id
            peers[name] = id
            return id
        }

        /// False when the step is none that is known.
        func take(_ step: JSONElement) -> Bool {
            if let time = step["atMs"]?.uint64 { now = time }
            let id = step["peer"]?.string.map { peer($0) }
            let topic = step["topic"]?.string.flatMap { GossipTopic(rawValue: $0) }.flatMap { GossipTopic.allCases.firstIndex(of: $0) }
            let message = MessageID(topic: [], payload: Array((step["message"]?.string ?? "").utf8))
            switch (step["op"]?.string ?? "", id, topic) {
            case ("advance", _, _): break
            case ("advance and refresh", _, _): scores.refresh(now: now)
            case ("note", _, _): return note(step["text"]?.string ?? "")
            case ("addPeer", let id?, _), ("addPeer again", let id?, _): scores.add(id)
            case ("addIP", let id?, _): scores.add(id, address: step["ip"]?.string ?? "")
            case ("removePeer", let id?, _): scores.remove(id, now: now)
            case ("addPenalty (behaviour)", let id?, _): scores.penalise(id, by: step["by"]?.double ?? 1)
            case ("app score lowered", let id?, _): application.values[id, default: 0] -= step["by"]?.double ?? 0
            case ("graft", let id?, let topic?): scores.graft(id, topic, now: now)
            case ("prune", let id?, let topic?): scores.prune(id, topic)
            case ("rejectInvalidMessage", let id?, let topic?): scores.rejectUnnamed(from: id, topic)
            case ("duplicateMessage", let id?, let topic?): scores.duplicate(message, from: id, topic, now: now)
            case ("validateMessage then deliverMessage", let id?, let topic?):
                scores.validating(message, now: now)
                scores.deliver(message, from: id, topic, now: now)
            case ("validateMessage then rejectMessage(reject)", let id?, let topic?):
                scores.validating(message, now: now)
                scores.reject(message, from: id, topic, now: now)
            case ("validateMessage then rejectMessage(ignore)", _?, _):
                scores.validating(message, now: now)
                scores.ignore(message, now: now)
            default: return false
            }
            return true
        }

        /// «12 further peers X0..X11 with IP 1.1.1.1 were added»
        private func note(_ text: String) -> Bool {
            let words = text.split(separator: " ")
            guard let count = words.first.flatMap({ Int($0) }), count <= 1000, let place = words.firstIndex(of: "IP"), place + 1 < words.count else { return false }
            for number in 0..<count {
                let id = peer("X\(number)")
                scores.add(id)
                scores.add(id, address: String(words[place + 1]))
            }
            return true
        }
    }
}
