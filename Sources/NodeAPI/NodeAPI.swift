import JSON
import Protocol
import Synchronization

/// The node's JSON-RPC methods over a `ChainReader` (note 08 §3).
public final class NodeAPI: Sendable {
    let chain: any ChainReader
    let facts: NodeFacts
    let cache: ResultCache
    let admin: AdminActions
    let simulation: SimulationSettings
    let transactions: TransactionServices
    let network: (any NetworkReader)?
    let functionNames = FunctionNames()

    public init(
        chain: any ChainReader, facts: NodeFacts, cacheBytes: Int = 8 << 20, admin: AdminActions = AdminActions(), simulation: SimulationSettings = SimulationSettings(),
        transactions: TransactionServices = TransactionServices(), network: (any NetworkReader)? = nil
    ) {
        self.chain = chain
        self.facts = facts
        self.admin = admin
        self.simulation = simulation
        self.transactions = transactions
        self.network = network
        cache = ResultCache(maximumBytes: cacheBytes)
    }

    /// Namespaces of the public port.
    public var publicDispatcher: RPCDispatcher {
        RPCDispatcher(["node": namespace(Self.nodeMethods), "p2p": namespace(Self.p2pMethods)])
    }

    /// Namespaces of the admin port.
    public var adminDispatcher: RPCDispatcher { RPCDispatcher(["nodeAdmin": namespace(Self.adminMethods)]) }

    public var cacheStatistics: (hits: UInt64, misses: UInt64, bytes: Int) { cache.statistics }

    /// A method: its declared parameters, how many of the last may be missing, how long an answer stays true, and the
    /// call, which writes the result or returns false for none.
    struct Method: Sendable {
        enum Caching: Sendable {
            case never
            /// Until the next head; while the first parameter names a block, until a reorg.
            case byFirstParameter
            case untilHead
        }

        var name: String
        var parameters: Int
        var optional = 0
        var caching = Caching.never
        /// The call waits for others: the database must be able to move on meanwhile.
        var waits = false
        var call: @Sendable (NodeAPI, inout Parameters, inout JSONWriter) throws(RPCFailure) -> Bool
    }

    private func namespace(_ methods: [Method]) -> RPCDispatcher.Namespace {
        let table = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })
        return RPCDispatcher.Namespace(methods: Set(table.keys)) { [self] name, parameters throws(RPCFailure) in
            guard let method = table[name] else { return nil }
            return try call(method, parameters)
        }
    }

    private func call(_ method: Method, _ element: JSONElement?) throws(RPCFailure) -> [UInt8]? {
        guard method.caching != .never else { return try run(method, element) }
        let key = Self.key(method, element)
        let generation = chain.generation
        if let found = cache.value(key, generation) { return found }
        guard let result = try run(method, element) else { return nil }
        cache.insert(result, for: key, life(method, element), generation)
        return result
    }

    private func run(_ method: Method, _ element: JSONElement?) throws(RPCFailure) -> [UInt8]? {
        var parameters = Parameters(element, declared: method.parameters, optional: method.optional)
        func answer() throws(RPCFailure) -> [UInt8]? {
            var writer = JSONWriter(reserving: 1024)
            let hasResult = try method.call(self, &parameters, &writer)
            return hasResult ? writer.bytes : nil
        }
        return method.waits ? try answer() : try chain.pinned(answer)
    }

    /// Method and parameters as canonical text.
    private static func key(_ method: Method, _ element: JSONElement?) -> [UInt8] {
        var writer = JSONWriter(reserving: 128)
        writer.value(method.name)
        if let element { writer.value(element) }
        return writer.bytes
    }

    private func life(_ method: Method, _ element: JSONElement?) -> ResultCache.Life {
        guard method.caching == .byFirstParameter, let first = element?[0], let number = first.int, number >= 1 else { return .head }
        return .history
    }
}

/// Things the admin port can set going in other workers. nil: this node has no way to do it yet.
public struct AdminActions: Sendable {
    public typealias Action = @Sendable () throws(RPCFailure) -> Void
    public var pauseSync: Action?
    public var resumeSync: Action?
    public var rollback: (@Sendable (_ target: Int) throws(RPCFailure) -> Void)?

    public init() {}
}
