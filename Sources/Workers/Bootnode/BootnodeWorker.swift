import Configuration
import Diagnostics
import EventLoop
import Field
import HTTPServer
import IPC
import NodeAPI
import PeerDiscovery
import PeerIdentity
import Protocol

/// Discovery for others (`aztec start --p2p-bootstrap`, note 07 §10.7): a discv5 node without TCP, and two RPC methods.
///
/// Links: none. State: network key, own record and known nodes, in small files of the data directory. On overload: packets
/// beyond the rate limits are dropped.
final class BootnodeWorker: Worker {
    private let context: WorkerContext
    private let configuration: ResolvedConfiguration
    private let files: DiscoveryFiles
    private let discovery: DiscoveryService
    private let view = BootnodeView()
    private let log = Logger("p2p:bootstrap")
    private var server: HTTPServer?
    private var metricsServer: HTTPServer?
    private var savedRecord: ENR?
    private var lastSave: UInt64 = 0
    private var lastView: UInt64 = 0

    private static let viewNanos: UInt64 = 1_000_000_000
    private static let saveNanos: UInt64 = 60_000_000_000

    init(_ context: WorkerContext) throws {
        self.context = context
        configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let directory = configuration.dataDirectory else { throw WorkerFailure("no data directory in the configuration", isPermanent: true) }
        guard let text = configuration.p2pIP, !text.isEmpty else { throw WorkerFailure("You need to provide a P2P IP address. (P2P_IP)", isPermanent: true) }
        guard let ip = IPAddress(text) else { throw WorkerFailure("P2P_IP: «\(text)» is no IP address", isPermanent: true) }
        guard let port = UInt16(exactly: configuration.p2pBroadcastPort) else { throw WorkerFailure("P2P_BROADCAST_PORT: \(configuration.p2pBroadcastPort) is no port", isPermanent: true) }
        guard let listen = IPAddress(configuration.p2pListenAddress) else { throw WorkerFailure("P2P_LISTEN_ADDR: «\(configuration.p2pListenAddress)» is no IP address", isPermanent: true) }
        let source = NodeKeySource(configured: configuration.peerIDPrivateKey, path: configuration.peerIDPrivateKeyPath, dataDirectory: directory)
        let key: NodeKey
        do { key = try source.find().key } catch { throw WorkerFailure("network key: \(error)", isPermanent: true) }
        files = DiscoveryFiles(directory: DataDirectory.network(directory))

        let content = RecordContent(role: .bootnode, networkVersion: Self.versions(chain: configuration.l1ChainID).compressed, addresses: [SocketAddress(ip, port)])
        // The reference listens on the announced port, not on P2P_PORT.
        var settings = DiscoveryConfiguration(listen: [SocketAddress(listen, port)], content: content, requiredVersion: nil)
        settings.previousRecord = files.ownRecord()
        settings.known = files.knownRecords()
        settings.votesOnAddress = true
        settings.requestNanos = 1_000_000_000
        for text in configuration.bootstrapNodes {
            do { settings.bootnodes.append(try ENR(text: text)) } catch { log.warn("a configured bootnode's record cannot be read and is left out", ["reason": .string("\(error)")]) }
        }
        discovery = try DiscoveryService(loop: context.loop, key: key, configuration: settings, log: log)
    }

    /// Rollup address and version are zero: a bootnode serves every rollup of its L1.
    private static func versions(chain: Int) -> ComponentVersions {
        ComponentVersions(
            l1ChainId: chain, l1RollupAddress: .zero, rollupVersion: 0, l2ProtocolContractsTreeRoot: ProtocolContracts.treeRoot.hex,
            l2CircuitsVkTreeRoot: ProtocolContracts.vkTreeRoot.hex)
    }

    func start() throws {
        do { try discovery.start() } catch { throw WorkerFailure("discovery: \(error)") }
        show()
        // The reference's answers carry an empty chain configuration in their headers.
        let headers = Self.versions(chain: 0).headers.map { (name: "x-aztec-" + $0.name, value: $0.value) }
        let dispatcher = RPCDispatcher(["bootstrap": view.namespace])
        let endpoint = RPCEndpoint(versionHeaders: { headers }) { body in
            let answer = dispatcher.answer(body)
            return .init(status: answer.status, body: answer.body, isBare: answer.isBare)
        }
        var options = HTTPServer.Options(port: configuration.port)
        options.threads = 1
        options.maximumConnections = 64
        options.maximumBodyBytes = 1 << 20
        options.maximumBodyBytesTogether = 16 << 20
        let page = MetricsPage([(context.kind, context.index, context.region, [])])
        do throws(HTTPServerError) {
            server = try HTTPServer(options, handler: { endpoint.handle($0) }, failureHandler: { endpoint.refuse($0, $1) })
            metricsServer = try configuration.metricsPort.map { port throws(HTTPServerError) in try page.server(port: port) }
        } catch { throw WorkerFailure("\(error)") }
        log.info("Bootstrap node started", ["peerId": .string("\(discovery.localENR.peerID)"), "enr": .string(discovery.localENR.text)])
        log.info("Aztec Server listening on port \(server?.port ?? 0)")
    }

    func housekeeping(now: UInt64) {
        if now &- lastView >= Self.viewNanos {
            lastView = now
            show()
        }
        if now &- lastSave >= Self.saveNanos || savedRecord != discovery.localENR { save(now) }
    }

    func writeMetrics(_ region: WorkerRegion) { DiscoveryFigures.write(discovery, to: region) }

    private func show() { view.set(record: discovery.localENR, table: discovery.routingTable) }

    private func save(_ now: UInt64) {
        lastSave = now
        savedRecord = discovery.localENR
        do {
            try files.save(own: discovery.localENR)
            try files.save(known: discovery.knownRecords)
        } catch { log.warn("peers are not kept: \(error)") }
    }

    func shutdown(_ finished: @escaping () -> Void) {
        server?.stop()
        metricsServer?.stop()
        save(lastSave)
        discovery.stop()
        finished()
    }
}
