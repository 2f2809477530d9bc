import Archive
import Bytes
import Configuration
import Diagnostics
import EventLoop
import Field
import Glibc
import IPC
import Mempool
import Messages
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol

/// The node on the network, with the pools behind it: what peers send is judged and stored, what they ask for is looked up.
final class PeerNode {
    private let network: NetworkNode?
    private let pools: Pools
    private let access: ChainAccess
    private let context: WorkerContext
    private let files: NetworkFiles
    private let log = Logger("p2p")
    private var fetcher: MissingTransactions?
    private(set) var verdicts = GossipFigures()
    private var timers: [LoopTimer] = []
    /// Peers that list their pools, and how many were asked at once after the start.
    private var poolPeers: Set<PeerID> = []
    private var poolsAsked = 0
    private static let poolsToAsk = 3
    /// Later one of them now and then: gossip may lose what a dying process was about to forward.
    private static let poolPause = Duration.seconds(10)

    /// Version announced in the record and in identify.
    private static let release = "0.87.7"

    init(_ context: WorkerContext, _ configuration: ResolvedConfiguration, _ directory: String, versions: ComponentVersions, pools: Pools, access: ChainAccess) throws {
        self.context = context
        self.pools = pools
        self.access = access
        files = NetworkFiles(DataDirectory.network(directory))
        guard configuration.runsNetwork else {
            network = nil
            return
        }
        let key = try NodeKeySource(configured: configuration.peerIDPrivateKey, path: configuration.peerIDPrivateKeyPath, dataDirectory: directory).find().key
        var settings = try NetworkSettings.make(configuration, versions: versions, release: Self.release)
        settings.previousRecord = files.record()
        let swarm = Swarm(loop: context.loop, key: key, configuration: NetworkSettings.swarm(settings))
        let handlers = Handlers()
        let network = try NetworkNode(settings, key: key, loop: context.loop, swarm: swarm, store: files.peers, handlers: handlers)
        self.network = network
        self.handlers = handlers
        handlers.node = self
        fetcher = MissingTransactions(network, pools)
    }

    /// The network holds its handlers weakly.
    private var handlers: Handlers?

    func start() throws {
        guard let network else { return }
        try network.start()
        if let record = network.record { files.keep(record) }
        timers = [
            context.loop.every(.seconds(2)) { [unowned self] in files.keep(network.peers()) },
            context.loop.every(Self.poolPause) { [unowned self] in compareWithSomebody() },
        ]
    }

    func stop(_ finished: @escaping () -> Void) {
        for timer in timers { timer.cancel() }
        guard let network else { return finished() }
        network.stop(finished)
    }

    // MARK: For the desk

    func publish(_ tx: Tx, _ hash: TxHash) { network?.publish(.tx, id: Bytes32(hash.field), tx.serialized) }
    func peers(includingPending: Bool) -> [PeerInfo] { network?.peerInfos(includePending: includingPending) ?? [] }
    var encodedENR: String? { network?.record?.text }

    /// Transactions of blocks that are not proven yet: provers may ask for them.
    func fetch(_ hashes: [TxHash]) { fetcher?.want(hashes) }

    func writeMetrics(_ region: WorkerRegion) {
        verdicts.write(to: region)
        guard let network else { return }
        NetworkFigures.write(network, to: region)
    }

    // MARK: For the network

    /// What a gossiped object means. A transaction is in the pool before anybody is told that it is good.
    fileprivate func judge(_ message: P2PMessage, _ topic: GossipTopic, from peer: PeerID, _ judged: @escaping (GossipJudgement) -> Void) {
        guard let judge = pools.judge else { return judged(.ignore) }
        judge.judge(topic, message.payload[...], at: Self.now()) { [self] refusal in
            let judgement = refusal?.judgement ?? .accept
            verdicts.count(topic, judgement.verdict)
            if let refusal, judgement.verdict == .reject {
                log.debug("rejected gossip", ["topic": .string(topic.rawValue), "peer": .string("\(peer)"), "reason": .string(refusal.reason)])
            }
            judged(judgement)
        }
    }

    fileprivate func transaction(_ hash: Bytes32) -> [UInt8]? {
        guard let hash = Self.hash(hash) else { return nil }
        return try? pools.transactions.bytes(of: hash)
    }

    fileprivate func block(_ number: UInt64) -> [UInt8]? { (try? access.archive.block(number))??.serialized }

    fileprivate func judge(answer bytes: [UInt8], to hash: Bytes32, _ verdict: @escaping (ResponseVerdict) -> Void) {
        guard let judge = pools.judge, let requested = Self.hash(hash), let tx = try? Tx(exactly: bytes) else { return verdict(.undecodable) }
        judge.transactions.checkAnswer(tx, to: requested) { refusal in
            guard let refusal else { return verdict(.valid) }
            verdict(.invalid(refusal.judgement.penalty))
        }
    }

    /// Best first, as many as one answer holds; nothing for one who has the same.
    fileprivate func pendingHashes(unless digest: [UInt8]) -> [UInt8] {
        let hashes = pools.transactions.pendingHashes(limit: 16_384)
        return Self.digest(hashes) == digest ? [] : hashes.flatMap(\.bytes)
    }

    /// Sum without carries: the same for the same set in any order.
    private static func digest(_ hashes: [TxHash]) -> [UInt8] {
        hashes.reduce(into: [UInt8](repeating: 0, count: 32)) { sum, hash in
            for (place, byte) in hash.bytes.enumerated() { sum[place] ^= byte }
        }
    }

    /// A node that was away has missed what was gossiped meanwhile: it asks the first few of its kind it meets.
    fileprivate func met(_ peer: PeerID) {
        poolPeers.insert(peer)
        guard poolsAsked < Self.poolsToAsk else { return }
        poolsAsked += 1
        compare(with: peer)
    }

    private func compareWithSomebody() {
        guard let network else { return }
        poolPeers = poolPeers.filter { network.swarm.isConnected($0) }
        if let peer = poolPeers.randomElement() { compare(with: peer) }
    }

    private func compare(with peer: PeerID) {
        network?.requestPool(of: peer, digest: Self.digest(pools.transactions.pendingHashes(limit: 16_384))) { [weak self] bytes in
            guard let self, let bytes, !bytes.isEmpty, bytes.count % 32 == 0 else { return }
            var missing: [TxHash] = []
            for start in stride(from: 0, to: bytes.count, by: 32) {
                guard let hash = Fr(canonical: bytes[start..<start + 32]).map({ TxHash($0) }), (try? pools.transactions.contains(hash)) == false else { continue }
                missing.append(hash)
            }
            guard !missing.isEmpty else { return }
            log.verbose("a peer has transactions that this pool lacks", ["peer": .string("\(peer)"), "missing": .integer(Int64(missing.count))])
            fetcher?.want(missing)
        }
    }

    fileprivate func keep(_ record: ENR) { files.keep(record) }

    /// nil: not a field element, so no transaction's.
    private static func hash(_ bytes: Bytes32) -> TxHash? { Fr(canonical: bytes.serialized).map { TxHash($0) } }

    /// Local clock, seconds since 1970.
    private static func now() -> UInt64 { UInt64(max(0, time(nil))) }
}

/// `NetworkHandlers` for a node that is not made yet when they are.
private final class Handlers: NetworkHandlers {
    weak var node: PeerNode?

    func network(_ network: NetworkNode, validate message: P2PMessage, on topic: GossipTopic, from peer: PeerID, _ judged: @escaping (GossipJudgement) -> Void) {
        guard let node else { return judged(.ignore) }
        node.judge(message, topic, from: peer, judged)
    }

    func network(_ network: NetworkNode, transaction hash: Bytes32, _ reply: @escaping ([UInt8]?) -> Void) { reply(node?.transaction(hash)) }
    func network(_ network: NetworkNode, block number: UInt64, _ reply: @escaping ([UInt8]?) -> Void) { reply(node?.block(number)) }

    func network(_ network: NetworkNode, judge transaction: [UInt8], requested hash: Bytes32, from peer: PeerID, _ verdict: @escaping (ResponseVerdict) -> Void) {
        guard let node else { return verdict(.undecodable) }
        node.judge(answer: transaction, to: hash, verdict)
    }

    func network(_ network: NetworkNode, pendingHashesUnless digest: [UInt8], _ reply: @escaping ([UInt8]) -> Void) { reply(node?.pendingHashes(unless: digest) ?? []) }
    func network(_ network: NetworkNode, listsPool peer: PeerID) { node?.met(peer) }
    func network(_ network: NetworkNode, recordChanged record: ENR) { node?.keep(record) }
}
