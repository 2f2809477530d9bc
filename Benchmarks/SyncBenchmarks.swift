import Blobs
import ChainFollower
import Diagnostics
import EventLoop
import Field
import Glibc
import JSON
import L1
import L1Replay
import Protocol
import Storage
import TemporaryFiles
import WorldState

/// Following the demo recording from genesis to its head: once over HTTP from the Swift replay server on another thread,
/// once from memory, so that the difference is what HTTP, JSON and the server take.
func syncBenchmarks() -> [BenchmarkRow] {
    nonisolated(unsafe) var rows: [BenchmarkRow] = []
    var quiet = LogConfiguration()
    quiet.levels = LogLevels(level: .warn)
    LogOutput.configure(quiet)
    do {
        let loop = try EventLoop()
        let server = try ReplayThread(recording: "etc/networks/demo")
        try LoopActor.attach(to: loop) { loop in
            do { rows = try await SyncBenchmark(loop, port: server.port).run() } catch { print("sync: \(error)") }
            loop.stop()
        }
        loop.run()
    } catch {
        print("sync: \(error)")
    }
    return rows
}

/// The replay server with a loop and thread of its own, for the life of the process.
private final class ReplayThread: Sendable {
    let port: UInt16

    init(recording: String) throws {
        let chain = try RecordedChain(directory: recording)
        let loop = try EventLoop()
        let server = try ReplayServer(chain, port: 0, start: nil, speed: nil, loop: loop)
        port = server.port
        let context = Unmanaged.passRetained(Box(loop: loop, server: server)).toOpaque()
        var thread = pthread_t()
        pthread_create(&thread, nil, { context in
            Unmanaged<Box>.fromOpaque(context!).takeUnretainedValue().loop.run()
            return nil
        }, context)
    }

    private final class Box {
        let loop: EventLoop
        let server: ReplayServer
        init(loop: EventLoop, server: ReplayServer) {
            self.loop = loop
            self.server = server
        }
    }
}

/// Answers from the first run, given again at once.
@LoopActor private final class RememberedSource: ChainSource {
    let origin: any ChainSource
    private var headers: [UInt64: L1Header?] = [:]
    private var newest: L1Header?
    private var events: [ClosedRange<UInt64>: [L1Event]] = [:]
    private var proposals: [Bytes32: Proposal] = [:]
    private var fee: Fr?

    init(_ origin: any ChainSource) { self.origin = origin }

    func head() async throws(L1Error) -> L1Header {
        if let newest { return newest }
        let head = try await origin.head()
        newest = head
        return head
    }

    func headers(_ numbers: [UInt64]) async throws(L1Error) -> [L1Header?] {
        if numbers.allSatisfy({ headers[$0] != nil }) { return numbers.map { headers[$0] ?? nil } }
        let found = try await origin.headers(numbers)
        for (number, header) in zip(numbers, found) { headers[number] = .some(header) }
        return found
    }

    func events(in blocks: ClosedRange<UInt64>) async throws(L1Error) -> [L1Event] {
        if let known = events[blocks] { return known }
        let found = try await origin.events(in: blocks)
        events[blocks] = found
        return found
    }

    func proposal(_ event: BlockProposedEvent) async throws(L1Error) -> Proposal {
        if let known = proposals[event.place.transactionHash] { return known }
        let found = try await origin.proposal(event)
        proposals[event.place.transactionHash] = found
        return found
    }

    func manaBaseFee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> Fr {
        if let fee { return fee }
        let found = try await origin.manaBaseFee(at: timestamp, block: block)
        fee = found
        return found
    }

    func tips(canPruneAt timestamp: UInt64, block: UInt64) async throws(L1Error) -> (RollupTips, canPrune: Bool) {
        try await origin.tips(canPruneAt: timestamp, block: block)
    }

    func committee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> DrawnCommittee { try await origin.committee(at: timestamp, block: block) }
}

@LoopActor private struct SyncBenchmark {
    let loop: EventLoop
    let port: UInt16

    init(_ loop: EventLoop, port: UInt16) {
        self.loop = loop
        self.port = port
    }

    func run() async throws -> [BenchmarkRow] {
        let recording = "etc/networks/demo"
        guard let contracts = try JSONDocument.parse(Self.read(recording + "/l1-contracts.json")).root["addresses"]?["registryAddress"]?.string,
            let registry = EthAddress(hex: contracts), let base = HTTPAddress("http://127.0.0.1:\(port)"), let sink = HTTPAddress("http://127.0.0.1:\(port)/blobsink")
        else { throw L1Error(.inconsistent, "\(recording) is not a recording") }
        let genesis = try Self.genesis(recording + "/genesis.json")
        let http = HTTPClient(loop: loop)
        let client = L1Client(hosts: [base], chainID: nil, http: http, loop: loop)
        var blobSources = BlobClient.Configuration()
        blobSources.sink = sink
        let blobs = try BlobClient(blobSources, l1: client, http: http, loop: loop, verifier: BlobVerifier(try KZG()))
        let deployment = try await client.discover(registry: registry)
        let source = RememberedSource(L1ChainSource(client: client, blobs: blobs, contract: deployment.contract))
        // Once for the files, the page cache and the connections; then the best of three each way.
        _ = try await sync(L1ChainSource(client: client, blobs: blobs, contract: deployment.contract), deployment, genesis)
        var overHTTP = 0.0
        for _ in 0..<3 { overHTTP = max(overHTTP, try await sync(L1ChainSource(client: client, blobs: blobs, contract: deployment.contract), deployment, genesis)) }
        _ = try await sync(source, deployment, genesis)
        var fromMemory = 0.0
        for _ in 0..<3 { fromMemory = max(fromMemory, try await sync(source, deployment, genesis)) }
        return [
            BenchmarkRow("sync", "demo chain over HTTP (Swift replay server)", overHTTP, "blocks/s", target: 126, reference: "reference 12.6 blocks/s", lowerIsBetter: false),
            BenchmarkRow("sync", "demo chain from memory", fromMemory, "blocks/s", target: 126, reference: "reference 12.6 blocks/s", lowerIsBetter: false),
        ]
    }

    /// Blocks a second from genesis to the head.
    private func sync(_ source: any ChainSource, _ deployment: RollupDeployment, _ genesis: GenesisState) async throws -> Double {
        let directory = try TemporaryDirectory("sync")
        defer { withExtendedLifetime(directory) {} }
        let clock = RollupClock(
            genesisTime: deployment.genesisTime, slotDuration: deployment.slotDuration, epochDuration: deployment.epochDuration,
            proofSubmissionWindow: deployment.proofSubmissionWindow)
        let database = try Database(directory.path + "/chain", mode: .primary, columnFamilies: ChainStore.columnFamilies)
        let store = try ChainStore(database, genesis: genesis, clock: clock, history: 64)
        let follower = ChainFollower(
            settings: .init(
                clock: clock, chainID: deployment.chainID, rollupVersion: deployment.version, startBlock: deployment.l1StartBlock, l1SlotDuration: 4,
                pollNanos: 850_000_000),
            source: source, store: store, loop: loop, notify: { _ in })
        let start = EventLoop.monotonicNanos
        try await follower.step()
        let nanos = EventLoop.monotonicNanos - start
        return Double(try store.latest) / (Double(nanos) / 1e9)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw L1Error(.inconsistent, "\(path): run from the project's root") }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - max(0, Glibc.read(descriptor, &bytes, bytes.count)))
        return bytes
    }

    private static func genesis(_ path: String) throws -> GenesisState {
        let leaves = try JSONDocument.parse(read(path)).root["prefilledPublicData"]?.elements.map { $0 } ?? []
        return GenesisState(prefilledPublicData: leaves.map { leaf in
            PublicDataWrite(
                leafSlot: leaf["slot"]?.string.flatMap { Fr(hex: $0) } ?? .zero, value: leaf["value"]?.string.flatMap { Fr(hex: $0) } ?? .zero)
        })
    }
}
