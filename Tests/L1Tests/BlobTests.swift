import Blobs
import Bytes
import EventLoop
import Field
import Foundation
import L1
import LoopTestKit
import Protocol
import Testing

@Suite(.serialized) struct BlobTests {
    static let kzg = try? KZG()
    static let contract = RollupContract(rollup: EthAddress(hex: "f9a334e3d5256f819de73c3ac1bbd625f3883555")!, inbox: EthAddress(hex: "2363cd2b9dae74d2b2e44c4eb4c01c7e9ccaa239")!)

    @LoopActor static func blobs(_ client: L1Client, _ loop: EventLoop, change: (inout BlobClient.Configuration) -> Void) throws -> BlobClient {
        var configuration = BlobClient.Configuration()
        configuration.retries = [.milliseconds(10)]
        configuration.timeout = .seconds(2)
        change(&configuration)
        return try BlobClient(configuration, l1: client, http: HTTPClient(loop: loop), loop: loop, verifier: BlobVerifier(try #require(kzg)))
    }

    @LoopActor static func proposed(_ client: L1Client) async throws -> [BlockProposedEvent] {
        try await contract.events(in: 0...400, from: client).compactMap { if case .blockProposed(let event) = $0 { event } else { nil } }
    }

    /// Golden blocks by number.
    static func golden(_ recording: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", Golden.directory! + "/chain/\(recording)/l2-blocks.jsonl.gz"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        return try data.split(separator: 10).map { (try JSONSerialization.jsonObject(with: $0) as! [String: Any])["hex"] as! String }
    }

    @Test func everyBlockOfTheRecordingIsReadFromL1() async throws {
        guard let replay = Replay.faulty, Self.kzg != nil else { return }
        let golden = try Self.golden("main")
        try await onLoop { loop in
            let client = RPCTests.client([replay.address], loop)
            let sink = try Self.blobs(client, loop) { $0.sink = replay.sink }
            let beacon = try Self.blobs(client, loop) { $0.consensusHosts = [ConsensusHostAddress(replay.beacon)] }
            let events = try await Self.proposed(client)
            #expect(events.count == golden.count)
            for (event, hex) in zip(events, golden) {
                let transaction = try #require(try await client.transaction(event.place.transactionHash))
                let block = try ProposedBlock(event: event, transaction: transaction, rollup: Self.contract.rollup)
                let request = BlobRequest(event: event)
                let blobs = try await sink.blobs(for: request)
                #expect(try block.block(blobs: blobs, chainID: 31337, version: 1_289_954_019).serialized.hex == (hex.hasPrefix("0x") ? hex : "0x" + hex))
                if event.blockNumber % 5 == 0 { #expect(try await beacon.blobs(for: request) == blobs) }
                #expect(try await client.view(Self.contract.block(event.blockNumber)).headerHash == block.headerHash)
            }
        }
    }

    @Test func aBlockOfTwoBlobsIsJoined() async throws {
        guard let replay = Replay.twoBlobs, Self.kzg != nil else { return }
        try await onLoop { loop in
            let client = RPCTests.client([replay.address], loop)
            let registry = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: Golden.directory! + "/chain/two-blobs/l1-contracts.json"))) as! [String: Any]
            let address = (registry["addresses"] as! [String: String])["registryAddress"]!
            let deployment = try await client.discover(registry: EthAddress(hex: address.lowercased())!)
            let head = try await client.latestBlock()
            let events = try await deployment.contract.events(in: 0...head.number, from: client)
            let event = try #require(events.compactMap { if case .blockProposed(let event) = $0, event.versionedBlobHashes.count == 2 { event } else { nil } }.first)
            let transaction = try #require(try await client.transaction(event.place.transactionHash))
            let block = try ProposedBlock(event: event, transaction: transaction, rollup: deployment.addresses.rollupAddress)
            for source in [try Self.blobs(client, loop, change: { $0.sink = replay.sink }), try Self.blobs(client, loop, change: { $0.consensusHosts = [ConsensusHostAddress(replay.beacon)] })] {
                let blobs = try await source.blobs(for: BlobRequest(event: event))
                #expect(blobs.count == 2)
                let whole = try block.block(blobs: blobs, chainID: deployment.chainID, version: deployment.version)
                #expect(whole.header.contentCommitment.numTxs == Fr(UInt64(whole.body.txEffects.count)))
                #expect(whole.body.txEffects.count > 0)
            }
        }
    }

    @Test func faultsFailOverToTheNextSource() async throws {
        guard let replay = Replay.faultyBlobs, let other = Replay.healthy, Self.kzg != nil else { return }
        try await onLoop { loop in
            let http = HTTPClient(loop: loop)
            let client = RPCTests.client([other.address], loop)
            let event = try #require(try await Self.proposed(client).first { $0.blockNumber == 19 })
            let request = BlobRequest(event: event)
            let want = try await Self.blobs(client, loop) { $0.sink = other.sink }.blobs(for: request)
            for fault in [
                #""kind":"wrong-data""#, #""kind":"status","status":500"#, #""kind":"status","status":404"#, #""kind":"garbage""#, #""kind":"truncate""#, #""kind":"reset""#,
                #""kind":"hang","seconds":6"#, #""kind":"status","status":429,"retry_after":1"#,
            ] {
                try await replay.control(#"{"faults":[{"match":"GET /eth/v1/beacon/blob_sidecars",\#(fault)}]}"#, http)
                let source = try Self.blobs(client, loop) {
                    $0.sink = replay.sink
                    $0.consensusHosts = [ConsensusHostAddress(other.beacon)]
                    $0.timeout = .seconds(1)
                }
                #expect(try await source.blobs(for: request) == want, "\(fault)")
                let alone = try Self.blobs(client, loop) {
                    $0.sink = replay.sink
                    $0.timeout = .seconds(1)
                }
                do {
                    _ = try await alone.blobs(for: request)
                    Issue.record("blobs in spite of \(fault)")
                } catch {
                    #expect("\(error)".contains("No blob bodies found for block 19"), "\(error)")
                    #expect("\(error)".contains("127.0.0.1") && "\(error)".contains("L1 block"))
                }
            }
            try await replay.control(#"{"faults":[]}"#, http)
        }
    }

    @Test func keysGoWhereTheyShouldAndNowhereElse() async throws {
        let server = ScriptedServer { _ in .init(#"{"error":"no such key"}"#, status: 401) }
        let l1 = ScriptedServer.rpc { _, _ in
            RPCTests.head.replacing("\"timestamp\"", with: "\"parentBeaconBlockRoot\":\"0x\(String(repeating: "33", count: 32))\",\"timestamp\"")
        }
        let request = BlobRequest(l2Block: 7, l1Block: 5, l1BlockHash: Bytes32([UInt8](repeating: 0x11, count: 32))!, versionedHashes: [.zero])
        try await onLoop { loop in
            guard Self.kzg != nil else { return }
            let client = RPCTests.client([l1.address], loop)
            for header in [nil, "X-Api-Key"] {
                let source = try Self.blobs(client, loop) { $0.consensusHosts = [ConsensusHostAddress(server.address, apiKey: "t0p&secret", apiKeyHeader: header)] }
                do {
                    _ = try await source.blobs(for: request)
                    Issue.record("no error")
                } catch {
                    #expect(!"\(error)".contains("t0p"), "\(error)")
                    #expect("\(error)".contains("L1_CONSENSUS_HOST_API_KEYS"))
                }
            }
        }
        let requests = server.requests
        guard requests.count == 2 else { return }
        #expect(requests[0].path == "/eth/v1/beacon/headers/0x\(String(repeating: "33", count: 32))?key=t0p%26secret")
        #expect(requests[1].path == "/eth/v1/beacon/headers/0x\(String(repeating: "33", count: 32))")
        #expect(requests[1].headers["x-api-key"] == "t0p&secret")
    }

    @Test func noSourceAndDeadSourcesAreNamedAtTheStart() async throws {
        guard Self.kzg != nil else { return }
        try await onLoop { loop in
            let client = RPCTests.client([], loop)
            do {
                try await Self.blobs(client, loop) { _ in }.probe()
                Issue.record("no error")
            } catch { #expect("\(error)".contains("L1_CONSENSUS_HOST_URLS")) }
            do {
                try await Self.blobs(client, loop) { $0.sink = HTTPAddress("http://127.0.0.1:1")! }.probe()
                Issue.record("no error")
            } catch { #expect("\(error)".contains("No blob sources are reachable") && "\(error)".contains("127.0.0.1:1")) }
            #expect(throws: L1Error.self) { try Self.blobs(client, loop) { $0.archive = HTTPAddress("http://blobscan.example")! } }
        }
    }

    @Test func theArchiveFormIsRead() async throws {
        guard Self.kzg != nil else { return }
        let blob = try Blob(fields: [Fr(5)])
        let commitment = try #require(Self.kzg).commit(to: blob)
        let body = #"{"hash":"0x00","transactions":[{"hash":"0x01","blobs":[{"versionedHash":"0x","commitment":"\#(commitment.bytes.hex)","proof":null,"data":"\#(blob.bytes.hex)"}]},{"hash":"0x02"}]}"#
        let server = ScriptedServer { _ in .init(body) }
        try await onLoop { loop in
            let client = RPCTests.client([], loop)
            let source = try Self.blobs(client, loop) { $0.archive = server.address }
            let hash = Bytes32(commitment.versionedHash)!
            let request = BlobRequest(l2Block: 1, l1Block: 2, l1BlockHash: .zero, versionedHashes: [hash, hash])
            #expect(try await source.blobs(for: request) == [blob.bytes, blob.bytes])
        }
        #expect(server.requests[0].path == "/blocks/0x\(String(repeating: "00", count: 32))?type=canonical&expand=blob%2Cblob_data")
    }
}
