import ConformanceKit
import JSON
import PeerGossip
import PeerNetwork
import Protocol

/// `gossip-parameters.json`: the numbers as the reference configures them.
enum GossipParametersChecks {
    @Sendable static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let version = root["version"]?.string ?? ""
        let ours = GossipSettings(networkVersion: version).routerConfiguration
        report.check(file: file, case: "protocols", expected: root.entries("multicodecs").compactMap(\.string), got: GossipProtocol.allCases.map(\.rawValue))
        compare(root["options"], options(ours), "options", file, &report)
        compare(root["scoreThresholds"], thresholds(ours.thresholds), "thresholds", file, &report)
        compare(root["scoreParams"], scores(ours.scores), "scores", file, &report)
        compare(root["constants"], constants(ours), "constants", file, &report)
        let topics = root["scoreParams"]?["topics"]
        report.check(file: file, case: "topics", expected: Set(topics.map { $0.members.map(\.key) } ?? []), got: Set(ours.topics.map(\.name)))
        for topic in ours.topics { compare(topics?[topic.name], parameters(topic.score), "topic \(topic.name)", file, &report) }
        if let time = root["scoreCacheValidityMs"]?.double { report.check(file: file, case: "score cache", expected: time, got: Double(ours.scores.cacheTime)) }
        if let weight = root["appSpecificWeight"]?.double { report.check(file: file, case: "weight of the application's score", expected: weight, got: ours.scores.applicationWeight) }
        for (name, value) in (root["severityNames"].map { Array($0.members) } ?? []) {
            report.check(file: file, case: "severity \(name)", expected: true, got: PeerErrorSeverity(rawValue: value.string ?? "") != nil)
        }
    }

    /// Every number of `element` that we have too; the others are counted as left out.
    private static func compare(_ element: JSONElement?, _ ours: [String: Double], _ what: String, _ file: String, _ report: inout ConformanceReport) {
        guard let element else { return report.fail(file: file, case: what, expected: "an object", got: "none") }
        var met = 0
        for (name, value) in element.members {
            guard let got = ours[name] else {
                if !value.isObject { report.skip("numbers and switches of the reference that this client has no part for") }
                continue
            }
            met += 1
            let expected = value.double ?? value.bool.map { $0 ? 1 : 0 }
            report.check(file: file, case: "\(what) \(name)", expected: expected, got: got)
        }
        if met < ours.count { report.fail(file: file, case: what, expected: "\(ours.count) known numbers", got: "\(met)") }
    }

    private static func options(_ c: GossipConfiguration) -> [String: Double] {
        [
            "D": Double(c.meshDegree), "Dlo": Double(c.meshLow), "Dhi": Double(c.meshHigh), "Dscore": Double(c.meshByScore), "Dout": Double(c.meshOutbound),
            "Dlazy": Double(c.lazyDegree), "heartbeatInterval": Double(c.heartbeat), "fanoutTTL": Double(c.fanoutLifetime), "mcacheLength": Double(c.cacheWindows),
            "mcacheGossip": Double(c.gossipWindows), "seenTTL": Double(c.seenLifetime), "gossipsubIWantFollowupMs": Double(c.promiseTime), "prunePeers": Double(c.prunePeers),
            "pruneBackoff": Double(c.pruneBackoff), "unsubcribeBackoff": Double(c.unsubscribeBackoff), "graftFloodThreshold": Double(c.graftFloodThreshold),
            "opportunisticGraftPeers": Double(c.opportunisticGraftPeers), "opportunisticGraftTicks": Double(c.opportunisticGraftTicks), "floodPublish": c.floodPublish ? 1 : 0,
        ]
    }

    private static func thresholds(_ t: ScoreThresholds) -> [String: Double] {
        [
            "gossipThreshold": t.gossip, "publishThreshold": t.publish, "graylistThreshold": t.graylist, "acceptPXThreshold": t.acceptPeers,
            "opportunisticGraftThreshold": t.opportunisticGraft,
        ]
    }

    private static func scores(_ s: ScoreParameters) -> [String: Double] {
        [
            "topicScoreCap": s.topicScoreCap, "appSpecificWeight": s.applicationWeight, "IPColocationFactorWeight": s.colocationWeight,
            "IPColocationFactorThreshold": Double(s.colocationThreshold), "behaviourPenaltyWeight": s.behaviourWeight, "behaviourPenaltyThreshold": s.behaviourThreshold,
            "behaviourPenaltyDecay": s.behaviourDecay, "decayInterval": Double(s.decayInterval), "decayToZero": s.decayToZero, "retainScore": Double(s.retention),
        ]
    }

    private static func parameters(_ t: TopicScoreParameters) -> [String: Double] {
        [
            "topicWeight": t.weight, "timeInMeshWeight": t.timeInMeshWeight, "timeInMeshQuantum": t.timeInMeshQuantum, "timeInMeshCap": t.timeInMeshCap,
            "firstMessageDeliveriesWeight": t.firstDeliveriesWeight, "firstMessageDeliveriesDecay": t.firstDeliveriesDecay, "firstMessageDeliveriesCap": t.firstDeliveriesCap,
            "meshMessageDeliveriesWeight": t.meshDeliveriesWeight, "meshMessageDeliveriesDecay": t.meshDeliveriesDecay, "meshMessageDeliveriesCap": t.meshDeliveriesCap,
            "meshMessageDeliveriesThreshold": t.meshDeliveriesThreshold, "meshMessageDeliveriesWindow": Double(t.meshDeliveriesWindow),
            "meshMessageDeliveriesActivation": Double(t.meshDeliveriesActivation), "meshFailurePenaltyWeight": t.meshFailureWeight, "meshFailurePenaltyDecay": t.meshFailureDecay,
            "invalidMessageDeliveriesWeight": t.invalidWeight, "invalidMessageDeliveriesDecay": t.invalidDecay,
        ]
    }

    private static func constants(_ c: GossipConfiguration) -> [String: Double] {
        [
            "GossipsubGossipFactor": c.gossipFactor, "GossipsubGossipRetransmission": Double(c.maxRetransmissions), "GossipsubHeartbeatInitialDelay": Double(c.firstHeartbeat),
            "GossipsubMaxIHaveLength": Double(c.maxIHaveIDs), "GossipsubMaxIHaveMessages": Double(c.maxIHaveFrames), "GossipsubPruneBackoffTicks": Double(c.backoffCleanupTicks),
        ]
    }
}
