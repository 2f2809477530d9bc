import EventLoop
import Foundation
import L1
import LoopTestKit
import Protocol
import Testing

@Suite(.serialized) struct RPCTests {
    static let head = "\"result\":{\"number\":\"0x5\",\"hash\":\"0x\(String(repeating: "11", count: 32))\",\"parentHash\":\"0x\(String(repeating: "22", count: 32))\",\"timestamp\":\"0x64\"}"

    @LoopActor static func client(_ hosts: [HTTPAddress], _ loop: EventLoop, chain: UInt64? = 31337, change: (inout L1RPCClient.Configuration) -> Void = { _ in }) -> L1Client {
        var configuration = L1RPCClient.Configuration(hosts: hosts, chainID: chain)
        configuration.timeout = .seconds(2)
        configuration.patience = .seconds(1)
        change(&configuration)
        return L1Client(L1RPCClient(configuration, http: HTTPClient(loop: loop), loop: loop))
    }

    @Test func callsOfOneTurnShareARequest() async throws {
        let server = ScriptedServer.rpc { method, _ in method == "eth_blockNumber" ? "\"result\":\"0x7\"" : Self.head }
        try await onLoop { loop in
            let client = Self.client([server.address], loop)
            async let a = client.blockNumber()
            async let b = client.blockNumber()
            async let c = client.latestBlock()
            async let d = client.block(.number(5))
            let (first, second, third, fourth) = try await (a, b, c, d)
            #expect(first == 7 && second == 7 && third.number == 5 && fourth?.timestamp == 100)
            #expect(client.rpc.statistics.exchanges == 1)
            #expect(client.rpc.statistics.methods["eth_blockNumber"]?.requests == 1)
            #expect(client.rpc.statistics.methods["eth_blockNumber"]?.shared == 1)
            // The chain id travels with the first request only.
            _ = try await client.blockNumber()
            #expect(client.rpc.statistics.methods["eth_chainId"]?.requests == 1)
            #expect(client.rpc.statistics.exchanges == 2)
        }
        #expect(server.requests.count == 2)
    }

    @Test func aHostOnAnotherChainIsExcluded() async throws {
        let wrong = ScriptedServer.rpc(chain: 5) { _, _ in Self.head }
        let right = ScriptedServer.rpc { _, _ in Self.head }
        try await onLoop { loop in
            let client = Self.client([wrong.address, right.address], loop)
            #expect(try await client.latestBlock().number == 5)
            _ = try await client.latestBlock()
            #expect(client.rpc.health[0].health.exclusion?.kind == .wrongChain(expected: 31337, got: 5))
            let alone = Self.client([wrong.address], loop)
            do {
                _ = try await alone.latestBlock()
                Issue.record("a wrong chain was followed")
            } catch {
                #expect("\(error)".contains("chain 5") && "\(error)".contains("31337") && "\(error)".contains("127.0.0.1"))
            }
        }
        #expect(wrong.requests.count == 2)  // one for each client
    }

    /// Bodies as providers send them.
    static let rateLimits: [(Int, String, [(String, String)], String)] = [
        (429, #"{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"daily request count exceeded, request rate limited","data":{"rate":{"allowed_rps":1,"backoff_seconds":30,"current_rps":1.4}}}}"#, [], "allowance"),
        (429, #"{"jsonrpc":"2.0","error":{"code":429,"message":"Your app has exceeded its compute units per second capacity. If you have retries enabled, you can safely ignore this message."}}"#, [("Retry-After", "11")], "too many requests"),
        (429, #"{"jsonrpc":"2.0","error":{"code":-32007,"message":"50/second request limit reached - reduce calls per second or upgrade your account at quicknode.com"},"id":1}"#, [], "too many requests"),
        (200, #"{"jsonrpc":"2.0","error":{"code":429,"message":"Monthly capacity limit exceeded."},"id":null}"#, [], "allowance"),
        (403, #"{"error":"invalid project id"}"#, [], "access refused"),
        (429, "slow down", [("Retry-After", "3")], "too many requests"),
    ]

    @Test(arguments: rateLimits.indices) func providersLimitsAreUnderstood(_ index: Int) async throws {
        let (status, body, headers, word) = Self.rateLimits[index]
        let limited = ScriptedServer { _ in .init(body, status: status, headers: headers) }
        let other = ScriptedServer.rpc { _, _ in Self.head }
        try await onLoop { loop in
            let client = Self.client([limited.address, other.address], loop)
            for _ in 0..<5 { #expect(try await client.latestBlock().number == 5) }
            let error = try #require(client.rpc.health[0].health.lastError)
            #expect("\(error)".contains(word), "\(error)")
            #expect(error.retryAfter != nil || index == 2 || index == 4)
            #expect(client.rpc.health[0].health.failures == 1)
        }
        // It rests after the first refusal: the other four calls never went there.
        #expect(limited.requests.count == 1)
    }

    @Test func batchesShrinkAndVanishWhereTheyAreRefused() async throws {
        let small = ScriptedServer { request in
            guard let list = try? JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [[String: Any]] else { return .init("?", status: 400) }
            if list.count > 4 { return .init(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch size too large, max 4"}}"#) }
            return .init("[" + list.map { "{\"jsonrpc\":\"2.0\",\"id\":\($0["id"]!),\"result\":\"0x7a69\"}" }.reversed().joined(separator: ",") + "]")
        }
        let single = ScriptedServer { request in
            guard let call = try? JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any] else {
                return .init(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not supported"}}"#)
            }
            return .init("{\"jsonrpc\":\"2.0\",\"id\":\(call["id"]!),\"result\":\"0x7a69\"}")
        }
        try await onLoop { loop in
            for server in [small, single] {
                let client = Self.client([server.address], loop)
                let results = await withTaskGroup(of: Int?.self) { group in
                    for number in 0..<10 { group.addTask { (try? await client.code(at: EthAddress(UInt64(number))))?.count } }
                    var all: [Int?] = []
                    for await count in group { all.append(count) }
                    return all
                }
                #expect(results == [Int?](repeating: 2, count: 10))
            }
        }
        #expect(small.requests.count <= 12)
    }

    @Test func wrongAnswersAreTheHostsFault() async throws {
        let bodies = [
            "", "null", "[]", "{}", "3", "\"x\"", "[1,2]", "{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":\"0x1\"}", "[{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":1}]",
            String(repeating: "[", count: 100_000), "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":",
        ]
        for body in bodies {
            let bad = ScriptedServer { _ in .init(body) }
            let good = ScriptedServer.rpc { _, _ in Self.head }
            try await onLoop { loop in
                let client = Self.client([bad.address, good.address], loop)
                let head = try await client.latestBlock()
                #expect(head.number == 5)
                #expect(client.rpc.health[0].health.failures > 0, "\(body.prefix(60))")
            }
        }
    }

    @Test func answersFuzzed() async throws {
        let seed = ProcessInfo.processInfo.environment["QUETZAL_LONG"] == "1" ? 20_000 : 300
        let whole = Array("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x7a69\"},{\"jsonrpc\":\"2.0\",\"id\":2,\(Self.head)}]".utf8)
        nonisolated(unsafe) var random = SplitMix(state: 9)
        let lock = NSLock()
        let server = ScriptedServer { _ in
            lock.withLock {
                var answer = ScriptedServer.Answer("")
                answer.body = random.mutate(whole)
                return answer
            }
        }
        let answered = try await onLoop { loop in
            var answered = 0
            for _ in 0..<seed {
                let client = Self.client([server.address], loop) { $0.patience = .zero }
                if (try? await client.latestBlock()) != nil { answered += 1 }
            }
            return answered
        }
        #expect(answered >= 0)
    }

    @Test func revertsAndUnknownBlocksAreAnswersNotFailures() async throws {
        let server = ScriptedServer.rpc { method, _ in
            method == "eth_call" ? #""error":{"code":3,"message":"execution reverted","data":"0x83510bd000000000000000000000000000000000000000000000000000000000000000050000000000000000000000000000000000000000000000000000000000000006"}"#
                : #""error":{"code":-32000,"message":"header not found"}"#
        }
        try await onLoop { loop in
            let client = Self.client([server.address], loop)
            let contract = RollupContract(rollup: EthAddress(UInt64(1)), inbox: EthAddress(UInt64(2)))
            do {
                _ = try await client.view(contract.status(1))
                Issue.record("no revert")
            } catch {
                #expect("\(error)".contains("Rollup__SlotAlreadyInChain(5, 6)"))
            }
            do {
                _ = try await client.latestBlock()
                Issue.record("no error")
            } catch {
                #expect((error as? L1Error)?.kind == .unknownBlock)
            }
            #expect(client.rpc.health[0].health.failures == 0)
        }
    }

    // MARK: Against the replay server

    /// Every kind of fault on the first host: the second answers, the first is blamed by name.
    static let faults = [
        #""kind":"status","status":500"#, #""kind":"status","status":429,"retry_after":2"#, #""kind":"truncate","keep":0.4"#,
        #""kind":"truncate","keep":0.4,"consistent_length":true"#, #""kind":"garbage""#, #""kind":"reset""#, #""kind":"hang","seconds":5"#,
        #""kind":"null""#, #""kind":"rpc-error","code":-32005,"message":"rate limited""#, #""kind":"rpc-error","code":-32603,"message":"internal""#,
        #""kind":"wrong-data""#,
    ]

    @Test(arguments: faults) func faultsFailOver(_ fault: String) async throws {
        guard let faulty = Replay.faulty, let healthy = Replay.healthy else { return }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            let client = Self.client([faulty.address, healthy.address], loop) { $0.timeout = .milliseconds(800) }
            let want = try await client.block(.number(60))
            for method in ["eth_getBlockByNumber", "eth_getTransactionByHash", "eth_call", "eth_getLogs"] {
                // A changed digit is seen where it contradicts something: see `wrongDataAreAskedElsewhere`.
                if fault.contains("wrong-data") { continue }
                if fault.contains("null"), method == "eth_getTransactionByHash" { continue }  // a transaction may be unknown
                try await faulty.control(#"{"faults":[{"match":"\#(method)",\#(fault)}]}"#, http)
                let fresh = Self.client([faulty.address, healthy.address], loop) { $0.timeout = .milliseconds(800) }
                switch method {
                case "eth_getBlockByNumber": #expect(try await fresh.latestBlock().number > 100)
                case "eth_getTransactionByHash":
                    let hash = Bytes32(hex: "218fe75deefd84a1d2ffb7696582356690a7eccd2aa22cf222e1497034b5e92b")!
                    #expect(try await fresh.transaction(hash)?.blobVersionedHashes.count == 1)
                case "eth_call": #expect(try await fresh.view(.number(EthAddress(hex: "f9a334e3d5256f819de73c3ac1bbd625f3883555")!, RollupFunctions.getVersion)) == 1_289_954_019)
                default: #expect(try await fresh.logs([EthAddress(hex: "f9a334e3d5256f819de73c3ac1bbd625f3883555")!], topics: [L1EventDeclarations.l2BlockProposed.topic], in: 90...100).isEmpty == false)
                }
                try await faulty.control(#"{"faults":[]}"#, http)
                // A result that only fails to be there is no fault of transport, but each other fault is blamed on its host.
                let error = fresh.rpc.health[0].health.lastError
                if !fault.contains("internal") { #expect(error?.host?.contains("127.0.0.1") == true, "\(method) \(fault) \(fresh.rpc.health)") }
            }
            #expect(want?.number == 60)
        }
    }

    @Test func wrongDataAreAskedElsewhere() async throws {
        guard let faulty = Replay.faulty, let healthy = Replay.healthy else { return }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            let contract = BlobTests.contract
            // A transaction with another input.
            let event = try #require(try await BlobTests.proposed(Self.client([healthy.address], loop)).first { $0.blockNumber == 7 })
            let address = "0x" + String(repeating: "44", count: 20)
            let liar = ScriptedServer.rpc { _, _ in
                #""result":{"hash":"\#(event.place.transactionHash)","from":"\#(address)","to":"\#(address)","input":"0xe72ef02400","blobVersionedHashes":[]}"#
            }
            let client = Self.client([liar.address, healthy.address], loop)
            let block = try #require(try await client.proposal(event, rollup: contract.rollup))
            #expect(block.number == 7)
            #expect("\(try #require(client.rpc.health[0].health.lastError))".contains("does not hold L2 block 7"))
            // A digit of the last log: all transactions contradict it, so the logs are asked of the other host.
            let other = Self.client([faulty.address, healthy.address], loop)
            try await faulty.control(#"{"faults":[{"match":"eth_getLogs","kind":"wrong-data"}]}"#, http)
            let range = event.place.blockNumber...event.place.blockNumber
            func announced() async throws -> BlockProposedEvent? {
                try await contract.events(in: range, from: other).compactMap { if case .blockProposed(let event) = $0 { event } else { nil } }.first
            }
            let bent = try #require(try await announced())
            #expect(bent != event)
            await #expect(throws: L1Error.self) { try await other.proposal(bent, rollup: contract.rollup) }
            #expect(try await announced() == event)
            try await faulty.control(#"{"faults":[]}"#, http)
        }
    }

    @Test func aHostThatHangsIsLeftEarlyWhenThereIsAnother() async throws {
        guard let faulty = Replay.faulty, let healthy = Replay.healthy else { return }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            try await faulty.control(#"{"faults":[{"match":"eth_blockNumber","kind":"hang","seconds":8}]}"#, http)
            let client = Self.client([faulty.address, healthy.address], loop) {
                $0.timeout = .seconds(20)
                $0.failoverTimeout = .milliseconds(300)
            }
            let start = EventLoop.monotonicNanos
            for _ in 0..<4 { _ = try await client.blockNumber() }
            // Once given up, it rests: only the first call waits.
            #expect(EventLoop.monotonicNanos - start < 1_500_000_000)
            try await faulty.control(#"{"faults":[]}"#, http)
        }
    }

    @Test func aSingleHostIsAskedAgainAfterATransientFault() async throws {
        guard let faulty = Replay.faulty else { return }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            for fault in [#""kind":"status","status":502"#, #""kind":"reset""#, #""kind":"garbage""#, #""kind":"truncate""#] {
                try await faulty.control(#"{"faults":[{"match":"eth_blockNumber","count":1,\#(fault)}]}"#, http)
                #expect(try await Self.client([faulty.address], loop).blockNumber() > 100)
            }
            try await faulty.control(#"{"faults":[{"match":"*","kind":"status","status":503}]}"#, http)
            do {
                _ = try await Self.client([faulty.address], loop).blockNumber()
                Issue.record("no error")
            } catch {
                #expect("\(error)".contains("HTTP 503") && "\(error)".contains("eth_blockNumber") && "\(error)".contains("127.0.0.1"))
            }
            try await faulty.control(#"{"faults":[]}"#, http)
        }
    }

    @Test func longLogRangesAreHalved() async throws {
        guard let healthy = Replay.healthy, let faulty = Replay.faulty else { return }
        try await onLoop { loop in
            let contract = RollupContract(rollup: EthAddress(hex: "f9a334e3d5256f819de73c3ac1bbd625f3883555")!, inbox: EthAddress(hex: "2363cd2b9dae74d2b2e44c4eb4c01c7e9ccaa239")!)
            let whole = try await contract.events(in: 0...400, from: Self.client([faulty.address], loop))
            let halved = try await contract.events(in: 0...400, from: Self.client([healthy.address], loop))
            #expect(whole == halved)
            #expect(whole.count > 60)
        }
    }
}
