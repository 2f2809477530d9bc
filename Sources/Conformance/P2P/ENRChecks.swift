import Bytes
import ConformanceKit
import EventLoop
import JSON
import PeerIdentity
import Protocol

/// enr.json: records of nodes and bootnodes, their numbers, and what is no record.
enum ENRChecks {
    static func run(_ document: JSONElement, file: String, report: inout ConformanceReport) throws {
        for (index, item) in try document.need("cases").elements.enumerated() {
            let kind = try item.text("kind")
            let key = try NodeKey(text: try item.text("privateKey"))
            switch kind {
            case "node", "bootnode": try record(item, kind, key, "case \(index) \(kind)", file, &report)
            case "updates": try updates(item, key, "case \(index) updates", file, &report)
            default: report.skip("unknown kind of case: \(kind)")
            }
        }
        for item in try document.need("malformed").elements { try malformed(item, file, &report) }
    }

    private static func record(_ item: JSONElement, _ kind: String, _ key: NodeKey, _ label: String, _ file: String, _ report: inout ConformanceReport) throws {
        let expected = try item.need("enr")
        var addresses: [SocketAddress] = []
        if let text = item["ip"]?.string, let ip = IPAddress(text), let port = item["port"]?.int.flatMap({ UInt16(exactly: $0) }) { addresses.append(SocketAddress(ip, port)) }
        let content: RecordContent
        if kind == "node" {
            guard let rollup = EthAddress(hex: try item.text("rollupAddress")) else { throw Vectors.Failure("\(label): rollup address") }
            let versions = ComponentVersions(
                l1ChainId: try item.need("l1ChainId").int ?? 0, l1RollupAddress: rollup, rollupVersion: try item.need("rollupVersion").int ?? 0,
                l2ProtocolContractsTreeRoot: try item.text("protocolContractTreeRoot"), l2CircuitsVkTreeRoot: try item.text("circuitVkTreeRoot"))
            content = RecordContent(role: .fullNode, networkVersion: versions.compressed, clientVersion: item["clientVersion"]?.string, addresses: addresses)
        } else {
            content = RecordContent(role: .bootnode, networkVersion: try expected.text("aztec"), addresses: addresses)
        }
        let made = try content.record(after: nil, key: key)
        report.check(file: file, case: "\(label): text", expected: try expected.text("text"), got: made.text)
        report.check(file: file, case: "\(label): bytes", expected: try expected.hex("bytes"), got: made.encoded)
        report.check(file: file, case: "\(label): seq", expected: try expected.text("seq"), got: "\(made.sequence)")
        try members(of: try ENR(text: try expected.text("text")), try item.need("decoded"), label, file, &report)
    }

    private static func members(of record: ENR, _ expected: JSONElement, _ label: String, _ file: String, _ report: inout ConformanceReport) throws {
        report.check(file: file, case: "\(label): node id", expected: try expected.text("nodeId"), got: record.nodeID.description)
        report.check(file: file, case: "\(label): peer id", expected: try expected.text("peerId"), got: record.peerID.description)
        report.check(file: file, case: "\(label): ip", expected: expected["ip"]?.string, got: record.ip4?.description)
        report.check(file: file, case: "\(label): tcp", expected: expected["tcp"]?.int, got: record.tcp.map(Int.init))
        report.check(file: file, case: "\(label): udp", expected: expected["udp"]?.int, got: record.udp.map(Int.init))
        report.check(file: file, case: "\(label): aztec", expected: expected["aztec"]?.string, got: record.networkVersion)
        report.check(file: file, case: "\(label): ver", expected: expected["ver"]?.string, got: record.clientVersion)
        report.check(file: file, case: "\(label): multiaddr", expected: expected["tcpMultiaddr"]?.string, got: record.tcp4Socket.map { Multiaddr($0, peer: record.peerID).description })
        let pairs = try expected.need("kvs").elements.map { "\($0[0]?.string ?? "")=\($0[1]?.string ?? "")" }
        report.check(file: file, case: "\(label): pairs", expected: pairs, got: record.pairs.map { "\($0.key)=\($0.value.hex)" })
    }

    private static func updates(_ item: JSONElement, _ key: NodeKey, _ label: String, _ file: String, _ report: inout ConformanceReport) throws {
        var pairs: [String: [UInt8]] = [:]
        for (index, step) in try item.need("steps").elements.enumerated() {
            let what = try step.text("step")
            if what.hasPrefix("delete ") {
                pairs[String(what.dropFirst("delete ".count))] = nil
            } else if let sign = what.firstIndex(of: "=") {
                let (name, value) = (String(what[..<sign]), String(what[what.index(after: sign)...]))
                if let ip = IPAddress(value), name == "ip" {
                    pairs[name] = ip.bytes
                } else if let port = UInt16(value), name == "udp" || name == "tcp" {
                    pairs[name] = [UInt8(port >> 8), UInt8(port & 0xff)]
                } else {
                    pairs[name] = Array(value.utf8)
                }
            } else if what != "created" {
                report.skip("unknown step of a record: \(what)")
                return
            }
            let sequence = try UInt64(step.text("seq")) ?? 0
            report.check(file: file, case: "\(label): number of \(what)", expected: UInt64(index + 1), got: sequence)
            report.check(file: file, case: "\(label): \(what)", expected: try step.text("text"), got: try ENR(signing: pairs, sequence: sequence, with: key).text)
        }
    }

    private static func malformed(_ item: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let label = try item.text("label")
        let result = try item.need("result")
        if let value = item["value"]?.string, let own = item["expected"]?.string {
            report.check(file: file, case: "\(label) \(value)", expected: !result.isRefusal, got: NetworkVersion.isCompatible(value, with: own))
            return
        }
        guard let text = item["text"]?.string else {
            try oversized(label, result, file, &report)
            return
        }
        let read = Result { try ENR(text: text) }
        switch read {
        case .success(let record):
            if result.isRefusal {
                report.fail(file: file, case: label, expected: "a refusal", got: "acceptance")
            } else {
                report.check(file: file, case: label, expected: try result.text("nodeId"), got: record.nodeID.description)
            }
        case .failure(let error):
            if result.isRefusal {
                report.pass()
            } else if label == "good" {
                report.fail(file: file, case: label, expected: "acceptance", got: "\(error)")
            } else {
                // The set's README: a stricter reader is fine.
                report.pass()
            }
        }
    }

    /// «extra key of N bytes»: a record of an unknown key and further value of N bytes, signed by the key of keys.json. The
    /// text is not given; what counts is where the limit lies, which the lengths give away.
    private static func oversized(_ label: String, _ result: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        guard let count = label.split(separator: " ").compactMap({ Int($0) }).first else { return report.skip("unknown case: \(label)") }
        let key = NodeKey.generate()
        let named = result["length"]?.int
        // A record with a value of `count` bytes and no address: 300 bytes lie between those that are accepted and refused.
        let made = Result { try ENR(signing: ["x": Array(repeating: 1, count: count)], sequence: 2, with: key) }
        switch made {
        case .success(let record): report.check(file: file, case: label, expected: named, got: record.encoded.count)
        case .failure: report.check(file: file, case: label, expected: true, got: result.isRefusal)
        }
    }
}
