import Configuration
import HTTPServer
import IPC
import Messages
import NodeAPI
import PublicExecution
import Topology

/// The open ports: public, admin, and one for metrics alone where it is asked for.
final class APIService {
    private let publicServer: HTTPServer
    private let adminServer: HTTPServer
    private let metricsServer: HTTPServer?

    var port: Int { publicServer.port }
    var adminPort: Int { adminServer.port }
    var connections: Int { publicServer.connections + adminServer.connections }

    init(
        chain: DatabaseChain, facts: NodeFacts, configuration: ResolvedConfiguration, statistics: RPCStatistics, context: WorkerContext, simulator: PoolSimulator?,
        proofs: PoolProofs?, poolClient: PoolClient?, setupAllowList: SetupAllowList
    ) throws(HTTPServerError) {
        let simulation = SimulationSettings(simulator: simulator, maximumGas: configuration.simulationGasLimit)
        let api = NodeAPI(chain: chain, facts: facts, cacheBytes: configuration.apiCacheBytes, simulation: simulation,
            transactions: Self.transactions(chain, configuration, context, proofs, poolClient, setupAllowList), network: poolClient)
        let headers = facts.versionHeaders
        let page = MetricsPage(context.peers)
        func endpoint(_ dispatcher: RPCDispatcher) -> RPCEndpoint {
            RPCEndpoint(versionHeaders: { headers }) { body in
                let begin = statistics.now()
                let answer = dispatcher.answer(body)
                statistics.count(answer.status, since: begin)
                return .init(status: answer.status, body: answer.body, isBare: answer.isBare)
            }
        }
        func serve(_ endpoint: RPCEndpoint, port: Int, threads: Int) throws(HTTPServerError) -> HTTPServer {
            var options = HTTPServer.Options(port: port)
            options.threads = threads
            options.maximumConnections = configuration.apiMaxConnections
            // Always: `aztec scale api=2` adds a second listener while the first runs. That no other node has the port was
            // made sure by `aztec start`.
            options.sharesPort = true
            return try HTTPServer(options, handler: { endpoint.handle($0) }, failureHandler: { endpoint.refuse($0, $1) })
        }
        publicServer = try serve(endpoint(api.publicDispatcher), port: configuration.port, threads: configuration.apiThreads ?? Self.usableCores())
        var admin = endpoint(api.adminDispatcher)
        admin.pages["/metrics"] = { page.response() }
        adminServer = try serve(admin, port: configuration.adminPort, threads: 1)
        if let port = configuration.metricsPort {
            metricsServer = try page.server(port: port)
        } else {
            metricsServer = nil
        }
    }

    /// What the methods about transactions work with; nothing where no p2p worker runs.
    private static func transactions(
        _ chain: DatabaseChain, _ configuration: ResolvedConfiguration, _ context: WorkerContext, _ proofs: PoolProofs?, _ client: PoolClient?, _ setupAllowList: SetupAllowList
    ) -> TransactionServices {
        var services = TransactionServices(checker: DatabaseTxChecker(chain.database, setupAllowList: setupAllowList))
        services.proofs = configuration.takesUncheckedProofs ? .unchecked : proofs.map { .verified($0) } ?? .refused
        if let client, let directory = configuration.dataDirectory {
            services.pool = StoredPool(directory, index: context.index)
            services.submitter = client
        }
        return services
    }

    func stop() {
        publicServer.stop()
        adminServer.stop()
        metricsServer?.stop()
    }

    /// Between two threads and four: one that answers something large must not hold up the others.
    private static func usableCores() -> Int { min(4, max(2, UsableCores.detect().count)) }
}
