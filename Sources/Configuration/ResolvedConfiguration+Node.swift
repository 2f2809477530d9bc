/// Typed readings of the options that the node's present parts use.
extension ResolvedConfiguration {
    // MARK: What runs

    public var runsNode: Bool { flag("node") }
    public var runsArchiver: Bool { flag("archiver") }

    // MARK: Ports

    public var port: Int { int("AZTEC_PORT") ?? 8080 }
    public var adminPort: Int { int("AZTEC_ADMIN_PORT") ?? 8880 }
    public var metricsPort: Int? { int("QUETZAL_METRICS_PORT") }

    // MARK: L1

    public var l1RPCURLs: [String] { texts("ETHEREUM_HOSTS").isEmpty ? ["http://localhost:8545"] : texts("ETHEREUM_HOSTS") }
    public var l1ChainID: Int { int("L1_CHAIN_ID") ?? 31337 }

    public struct ConsensusHost: Sendable, Equatable {
        /// Without trailing slash.
        public var url: String
        public var apiKey: String?
        /// Header that carries the key; nil = query parameter `key`.
        public var apiKeyHeader: String?

        public init(url: String, apiKey: String?, apiKeyHeader: String?) {
            self.url = url
            self.apiKey = apiKey
            self.apiKeyHeader = apiKeyHeader
        }
    }

    public var consensusHosts: [ConsensusHost] {
        let keys = texts("L1_CONSENSUS_HOST_API_KEYS")
        let headers = texts("L1_CONSENSUS_HOST_API_KEY_HEADERS")
        return texts("L1_CONSENSUS_HOST_URLS").enumerated().filter { !$0.element.isEmpty }.map { index, url in
            let key = index < keys.count && !keys[index].isEmpty ? keys[index] : nil
            let header = index < headers.count && !headers[index].isEmpty ? headers[index] : nil
            return ConsensusHost(url: url.hasSuffix("/") ? String(url.dropLast()) : url, apiKey: key, apiKeyHeader: header)
        }
    }

    public var blobSinkURL: String? { text("BLOB_SINK_URL") }
    public var blobArchiveURL: String? { text("BLOB_SINK_ARCHIVE_API_URL") }

    /// L1 contract address by member name of L1ContractAddresses (`registryAddress`, …), `0x` + 40 digits.
    public func l1Contract(_ member: String) -> String? { L1ContractName.byMember[member].flatMap { text($0) } }
    public var rollupVersion: Int? { int("ROLLUP_VERSION") }

    // MARK: Archiver

    public var archiverPollingIntervalMS: Int { int("ARCHIVER_POLLING_INTERVAL_MS") ?? 500 }
    public var archiverBatchSize: Int { int("ARCHIVER_BATCH_SIZE") ?? 100 }
    /// Page size of the log queries.
    public var maxLogs: Int { int("ARCHIVER_MAX_LOGS") ?? 1000 }
    /// Blocks of world state history that stay readable; below 1 = all.
    public var worldStateHistory: Int { int("WS_NUM_HISTORIC_BLOCKS") ?? 64 }
    /// L1 slot, seconds. Other durations are read from the rollup contract.
    public var ethereumSlotDuration: Int { int("ETHEREUM_SLOT_DURATION") ?? 12 }

    // MARK: Storage

    /// nil = nothing is kept: the caller makes a directory that goes with the process.
    public var dataDirectory: String? { text("DATA_DIRECTORY") }

    // MARK: Own options

    /// nil = auto.
    public func count(_ key: String) -> Int? { value(key).int }
    public var executors: Int? { count("QUETZAL_EXECUTORS") }
    public var reservedCores: Int? { count("QUETZAL_RESERVED_CORES") }
    public var simulationGasLimit: UInt64 { UInt64(max(0, int("RPC_SIMULATE_PUBLIC_MAX_GAS_LIMIT") ?? 10_000_000_000)) }
    public var profilesExecution: Bool { flag("QUETZAL_EXECUTION_PROFILE") }
    public var pinsExecutors: Bool { flag("QUETZAL_EXECUTOR_PINNING") }
    public var crashBudget: Int { int("QUETZAL_CRASH_BUDGET") ?? 5 }
    public var apiThreads: Int? { count("QUETZAL_API_THREADS") }
    public var apiMaxConnections: Int { max(8, int("QUETZAL_API_MAX_CONNECTIONS") ?? 1024) }
    public var apiCacheBytes: Int { max(0, int("QUETZAL_API_CACHE_KB") ?? 8192) << 10 }
    /// Recording that the embedded L1 serves; nil = no embedded L1.
    public var l1Replay: String? { text("QUETZAL_L1_REPLAY") }
    public var l1ReplaySpeed: Double { double("QUETZAL_L1_REPLAY_SPEED") ?? 1 }
}
