public import ConformanceKit
import JSON

/// Set `p2p`: everything two nodes say to each other, file by file (README of the golden data).
/// A new file is one entry in `parts` and one source file beside this one.
public enum P2PConformance {
    typealias Part = @Sendable (_ document: JSONElement, _ file: String, _ report: inout ConformanceReport) throws -> Void

    static let parts: [String: Part] = [
        "discv5": Discv5Checks.run,
        "enr": ENRChecks.run,
        "keys": KeysChecks.run,
        "verdicts": VerdictChecks.run,
        "reqresp": checkReqResp,
        "reqresp-streams": checkReqRespStreams,
        "scoring-and-limits": checkScoringAndLimits,
        "gossip-encoding": GossipEncodingChecks.run,
        "gossip-parameters": GossipParametersChecks.run,
        "gossip-scores": GossipScoresChecks.run,
        "multistream": MultistreamChecks.run,
        "noise": NoiseChecks.run,
        "muxers": MuxerChecks.run,
        "protobufs": { document, file, report in
            ProtobufsRPCChecks.run(document, file, &report)
            try IdentifyChecks.run(document: document, file: file, report: &report)
        },
    ]

    public static func run(directory: String, report: inout ConformanceReport) throws {
        for path in try Vectors.files(in: directory, recursive: true) {
            let name = Vectors.name(path)
            let key = name.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? name
            guard let part = parts[key] else { continue }
            try part(try Vectors.json(path).root, name, &report)
        }
    }
}
