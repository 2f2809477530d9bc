import Diagnostics
import EventLoop
import Protocol

/// Fetches the blobs of a block: blob sink, then each consensus host, then the archive. What comes out is verified,
/// complete and in the event's order; a source that has only some of the blobs is completed by the next.
@LoopActor public final class BlobClient {
    public struct Configuration: Sendable {
        public var sink: HTTPAddress?
        public var consensusHosts: [ConsensusHostAddress] = []
        /// Blobscan; https only.
        public var archive: HTTPAddress?
        public var timeout = Duration.seconds(30)
        /// A source is given up this early while another one can be asked instead.
        public var failoverTimeout = Duration.seconds(10)
        /// For a source that is the only one.
        public var retries: [Duration] = [.seconds(1), .seconds(1), .seconds(3)]

        public init() {}
    }

    let sources: [any BlobSource]
    private let verifier: BlobVerifier
    private var health: [HostHealth]
    private let log = Logger("blob-sink:client")
    /// Blobs fetched, and those that were refused, by source name.
    public private(set) var statistics: [(source: String, fetched: UInt64, refused: UInt64)]

    public init(_ configuration: Configuration, l1: L1Client, http: HTTPClient, loop: EventLoop, verifier: BlobVerifier) throws(L1Error) {
        if let archive = configuration.archive, !archive.isSecure, !archive.isLocal {
            throw L1Error(.noHost, host: archive.description, "a blob archive is used over https only", advice: "correct BLOB_SINK_ARCHIVE_API_URL")
        }
        // With several sources the next one is the retry, and a source that hangs is given up early.
        let isOnly = (configuration.sink == nil ? 0 : 1) + configuration.consensusHosts.count + (configuration.archive == nil ? 0 : 1) < 2
        let transport = BlobHTTP(
            client: http, sleep: { await loop.sleep($0) }, retries: isOnly ? configuration.retries : [],
            timeout: isOnly ? configuration.timeout : min(configuration.timeout, configuration.failoverTimeout))
        let slots = BeaconSlots()
        var sources: [any BlobSource] = []
        if let sink = configuration.sink { sources.append(BlobSink(sink, http: transport)) }
        for host in configuration.consensusHosts {
            sources.append(ConsensusHost(host, slots: slots, http: transport) { hash throws(L1Error) in
                guard let block = try await l1.block(hash: hash) else {
                    throw L1Error(.unknownBlock, method: "eth_getBlockByHash", "L1 block \(hash) is not known (a reorg?)")
                }
                guard let root = block.parentBeaconBlockRoot else {
                    throw L1Error(.inconsistent, method: "eth_getBlockByHash", "L1 block \(hash) has no parentBeaconBlockRoot: not a chain with a consensus layer")
                }
                return root
            })
        }
        if let archive = configuration.archive { sources.append(BlobArchive(archive, http: transport)) }
        self.sources = sources
        self.verifier = verifier
        health = sources.map { _ in HostHealth() }
        statistics = sources.map { ($0.name, 0, 0) }
    }

    public var sourceHealth: [(source: String, health: HostHealth)] { zip(sources, health).map { ($0.name, $1) } }

    /// Asks every source for a sign of life. Throws when none answers (or none is configured).
    public func probe() async throws(L1Error) {
        guard !sources.isEmpty else { throw Self.noSource }
        var causes: [L1Error] = []
        for source in sources {
            do throws(L1Error) {
                try await source.probe()
                log.info("\(source.name) is reachable")
            } catch {
                log.warn("\(error)")
                causes.append(error)
            }
        }
        if causes.count == sources.count {
            throw L1Error(
                .blobsMissing, "No blob sources are reachable", advice: "set BLOB_SINK_URL or L1_CONSENSUS_HOST_URLS (with keys) to a host that answers",
                causes: causes)
        }
    }

    private static let noSource = L1Error(
        .noHost, "no source of blobs is configured", advice: "set --l1-consensus-host-urls (L1_CONSENSUS_HOST_URLS) or --sequencer.blobSinkUrl (BLOB_SINK_URL)")

    /// The blobs, 131,072 bytes each, one for each hash of the request (a repeated hash gives the same blob again).
    public func blobs(for request: BlobRequest) async throws(L1Error) -> [[UInt8]] {
        guard !request.versionedHashes.isEmpty else { return [] }
        guard !sources.isEmpty else { throw Self.noSource }
        var found: [Bytes32: [UInt8]] = [:]
        var wanted = Set(request.versionedHashes)
        var causes: [L1Error] = []
        // Sources that rest after failures come last, so that a dead first source costs nothing per block.
        let now = EventLoop.monotonicNanos
        let order = sources.indices.filter { !health[$0].isResting(now: now) } + sources.indices.filter { health[$0].isResting(now: now) }
        for index in order {
            let source = sources[index]
            // A source that has told how long to leave it alone is left alone.
            if health[index].isResting(now: now), var told = health[index].lastError, told.kind == .rateLimited || told.kind == .unauthorized {
                told.retryAfter = health[index].rest(now: now)
                causes.append(told)
                continue
            }
            do throws(L1Error) {
                let candidates = try await source.candidates(for: request, wanted: wanted)
                var refused: L1Error?
                for (hash, candidate) in candidates {
                    guard verifier.check(candidate) else {
                        statistics[index].refused += 1
                        refused = L1Error(
                            .badBlob, host: source.name, "blob \(hash) of \(request.text) does not match its commitment", advice: "the host serves wrong data; the next source is asked")
                        continue
                    }
                    statistics[index].fetched += 1
                    found[hash] = candidate.blob
                    wanted.remove(hash)
                }
                if let refused { throw refused }
                health[index].succeeded()
                if wanted.isEmpty { return request.versionedHashes.compactMap { found[$0] } }
                causes.append(L1Error(
                    .blobsMissing, host: source.name, candidates.isEmpty ? "has none of the \(wanted.count) blobs" : "has only \(candidates.count) of the blobs"))
            } catch {
                if error.kind == .cancelled { throw error }
                health[index].failed(error, now: EventLoop.monotonicNanos)
                if health[index].failures <= 1 || health[index].failures.nonzeroBitCount == 1 { log.warn("\(error)") }
                causes.append(error)
                if wanted.isEmpty { return request.versionedHashes.compactMap { found[$0] } }
            }
        }
        throw L1Error(
            .blobsMissing, "No blob bodies found for block \(request.l2Block): \(wanted.count) of \(Set(request.versionedHashes).count) blobs of L1 block \(request.l1Block) (\(request.l1BlockHash)) are nowhere",
            advice: "consensus hosts keep blobs for about 18 days; for older ones set BLOB_SINK_ARCHIVE_API_URL or use a host that keeps them, or start from a snapshot",
            retryAfter: causes.compactMap(\.retryAfter).min(), causes: causes)
    }
}
