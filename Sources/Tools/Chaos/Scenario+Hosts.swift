import EventLoop
import Glibc
import IPC
import L1Replay
import Supervision

extension Scenario {
    /// L1 and blob hosts that fail or lie.
    static var hosts: [Scenario] {
        [
        Scenario("wrong-chain", "a host of another chain is named and not used") { scenario, stage in
            let server = try stage.server()
            defer { server.stop() }
            let url = "http://127.0.0.1:\(server.port)"
            let node = try Node(stage, "wrong-chain", hosts: [url], sink: url + "/blobsink", extra: ["--l1-chain-id", "1"])
            try node.start()
            scenario.endsPermanently(stage, node, saying: "chain")
            stage.check(access(node.directory + "/chain", F_OK) != 0, "nothing is stored")
        },
        Scenario("dead-host", "the second L1 host takes over from a dead one, and from one that dies") { scenario, stage in
            let chain = stage.chain
            let first = try stage.server(head: (chain.first + chain.last) / 2), second = try stage.server(head: (chain.first + chain.last) / 2)
            defer { second.stop() }
            let urls = ["http://127.0.0.1:9", "http://127.0.0.1:\(first.port)", "http://127.0.0.1:\(second.port)"]
            let node = try Node(stage, "dead-host", hosts: urls, sink: urls[2] + "/blobsink")
            try node.start()
            defer { node.kill() }
            stage.check(stage.wait(20_000) { node.sample?.sync?.l1Block == UInt64(first.head) }, "dead-host: half the chain by the live hosts", "\(node.log.suffix(1500))")
            first.stop()
            try second.control("{\"head\":\(chain.last)}")
            stage.check(stage.wait(20_000) { node.sample?.sync?.l1Block == UInt64(chain.last) }, "dead-host: the rest by the last host", "\(node.log.suffix(1500))")
            scenario.says(stage, node, "127.0.0.1:9")
        },
        Scenario("lying-blobs", "blobs that do not match their commitments are refused and the next source is asked") { scenario, stage in
            let liar = try stage.server(), honest = try stage.server()
            defer { liar.stop(); honest.stop() }
            try liar.control("{\"faults\":[{\"match\":\"GET /eth/v1/beacon/blob_sidecars\",\"kind\":\"wrong-data\"}]}")
            let node = try Node(stage, "lying-blobs", hosts: ["http://127.0.0.1:\(honest.port)"], sink: "http://127.0.0.1:\(liar.port)/blobsink", beacons: ["http://127.0.0.1:\(honest.port)/beacon"])
            try node.start()
            defer { node.kill() }
            stage.check(stage.wait(30_000) { node.sample?.sync?.l1Block == UInt64(stage.chain.last) }, "lying-blobs: the chain is synced from the honest source", "\(node.log.suffix(1500))")
            scenario.says(stage, node, "127.0.0.1:\(liar.port)")
            try scenario.equalsReference(stage, node)
        },
        Scenario("no-blobs", "without blobs the node says so with host, block and advice, and goes on when they are back") { scenario, stage in
            let server = try stage.server(), blobs = try stage.server()
            defer { server.stop(); blobs.stop() }
            try blobs.control("{\"faults\":[{\"match\":\"GET /eth/v1/beacon/blob_sidecars\",\"kind\":\"status\",\"status\":404}]}")
            let node = try Node(stage, "no-blobs", hosts: ["http://127.0.0.1:\(server.port)"], sink: "http://127.0.0.1:\(blobs.port)/blobsink")
            try node.start()
            defer { node.kill() }
            scenario.says(stage, node, "No blob bodies found", within: 20_000)
            scenario.says(stage, node, "127.0.0.1:\(blobs.port)")
            stage.check(node.sample?.sync?.height == 0, "no-blobs: nothing is stored unverified")
            try blobs.control("{\"faults\":[]}")
            stage.check(stage.wait(60_000) { node.sample?.sync?.l1Block == UInt64(stage.chain.last) }, "no-blobs: the node goes on when blobs are back", "\(node.log.suffix(1500))")
            try scenario.equalsReference(stage, node)
        },
        Scenario("bad-answers", "garbage, cut and refusing answers (429 with Retry-After) of the only host are survived") { scenario, stage in
            let server = try stage.server()
            defer { server.stop() }
            let kinds = [
                "\"garbage\"", "\"truncate\",\"keep\":0.5", "\"truncate\",\"keep\":0.7,\"consistent_length\":true", "\"status\",\"status\":429,\"retry_after\":1", "\"reset\"",
                "\"status\",\"status\":503", "\"rpc-error\",\"code\":-32005", "\"null\"",
            ]
            let list = kinds.enumerated().map { "{\"match\":\"\($0.offset % 2 == 0 ? "*" : "eth_getLogs")\",\"kind\":\($0.element),\"count\":2,\"skip\":\($0.offset)}" }
            try server.control("{\"faults\":[\(list.joined(separator: ","))]}")
            let url = "http://127.0.0.1:\(server.port)"
            let node = try Node(stage, "bad-answers", hosts: [url], sink: url + "/blobsink")
            try node.start()
            defer { node.kill() }
            stage.check(stage.wait(60_000) { node.sample?.sync?.l1Block == UInt64(stage.chain.last) }, "bad-answers: the chain is synced in the end", "\(node.log.suffix(1500))")
            stage.check(node.sample?.workers.allSatisfy { $0.board.restarts == 0 } ?? false, "bad-answers: no worker died of it")
            try scenario.equalsReference(stage, node)
        },
        ]
    }

    func equalsReference(_ stage: Stage, _ node: Node) throws {
        guard node.stop() else { throw Stage.Failure("\(name): no stop") }
        let differences = try ChainData(directory: node.directory).differences(from: try Chaos.undisturbed(stage))
        stage.check(differences.isEmpty, "\(name): the same chain as without faults", differences.prefix(5).joined(separator: "; "))
    }
}
