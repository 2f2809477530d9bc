/// Typed readings of the peer network's options («note 07 §14», «note 08 §5.4»).
extension ResolvedConfiguration {
    public var runsNetwork: Bool { flag("P2P_ENABLED") }
    /// A node or archiver goes before it, as in the reference.
    public var runsBootnode: Bool { flag("p2p-bootstrap") && !runsNode && !runsArchiver }

    // MARK: Addresses

    public var p2pListenAddress: String { text("P2P_LISTEN_ADDR") ?? "0.0.0.0" }
    public var p2pPort: Int { int("P2P_PORT") ?? 40400 }
    /// Announced; the port listened on unless set.
    public var p2pBroadcastPort: Int { text("P2P_BROADCAST_PORT").flatMap { Int($0) } ?? p2pPort }
    /// Own public address, announced.
    public var p2pIP: String? { text("P2P_IP") }
    public var queriesForIP: Bool { flag("P2P_QUERY_FOR_IP") }

    // MARK: Key

    /// Hex of the private key protobuf. Secret.
    public var peerIDPrivateKey: String? { text("PEER_ID_PRIVATE_KEY") }
    public var peerIDPrivateKeyPath: String? { text("PEER_ID_PRIVATE_KEY_PATH") }

    // MARK: Peers

    /// ENR texts.
    public var bootstrapNodes: [String] { texts("BOOTSTRAP_NODES").filter { !$0.isEmpty } }
    public var trustedPeers: [String] { texts("P2P_TRUSTED_PEERS").filter { !$0.isEmpty } }
    public var privatePeers: [String] { texts("P2P_PRIVATE_PEERS").filter { !$0.isEmpty } }
    public var checksBootnodeVersion: Bool { flag("P2P_BOOTSTRAP_NODE_ENR_VERSION_CHECK") }
    public var treatsBootnodesAsPeers: Bool { flag("P2P_BOOTSTRAP_NODES_AS_FULL_PEERS") }
    public var maxPeers: Int { max(1, int("P2P_MAX_PEERS") ?? 100) }
    public var peerCheckMillis: Int { max(100, int("P2P_PEER_CHECK_INTERVAL_MS") ?? 30_000) }
    /// High, mid, low in any order.
    public var peerPenalties: [Double] { value("P2P_PEER_PENALTY_VALUES").list?.compactMap(\.number) ?? [] }
    public var ignoresColocation: Bool { flag("DEBUG_P2P_DISABLE_COLOCATION_PENALTY") }

    // MARK: Gossip

    public var gossipHeartbeatMillis: Int { max(10, int("P2P_GOSSIPSUB_INTERVAL_MS") ?? 700) }
    public var gossipD: Int { int("P2P_GOSSIPSUB_D") ?? 8 }
    public var gossipDlo: Int { int("P2P_GOSSIPSUB_DLO") ?? 4 }
    public var gossipDhi: Int { int("P2P_GOSSIPSUB_DHI") ?? 12 }
    public var gossipDlazy: Int { int("P2P_GOSSIPSUB_DLAZY") ?? 8 }
    public var floodPublishes: Bool { flag("P2P_GOSSIPSUB_FLOOD_PUBLISH") }
    public var gossipCacheLength: Int { int("P2P_GOSSIPSUB_MCACHE_LENGTH") ?? 6 }
    public var gossipCacheGossip: Int { int("P2P_GOSSIPSUB_MCACHE_GOSSIP") ?? 3 }
    public var gossipSeenMillis: Int { int("P2P_GOSSIPSUB_SEEN_TTL") ?? 1_200_000 }
    public var seenMessages: Int { max(1, int("P2P_SEEN_MSG_CACHE_SIZE") ?? 100_000) }

    // MARK: Requests

    public var requestMillis: Int { int("P2P_REQRESP_INDIVIDUAL_REQUEST_TIMEOUT_MS") ?? 2000 }
    public var requestOverallMillis: Int { int("P2P_REQRESP_OVERALL_REQUEST_TIMEOUT_MS") ?? 4000 }

    // MARK: Pools

    /// Bytes (as `Tx.size` counts) before eviction; 0 = no limit.
    public var maxTxPoolSize: Int { max(0, int("P2P_MAX_TX_POOL_SIZE") ?? 100_000_000) }
    public var archivedTxLimit: Int { max(0, int("P2P_ARCHIVED_TX_LIMIT") ?? 0) }
    /// `--p2p.proofVerifier=none`, said explicitly.
    public var takesUncheckedProofs: Bool { text("P2P_PROOF_VERIFIER") == "none" }
    /// Calls allowed in a transaction's setup, as configured; nil = the version's own.
    public var setupAllowListText: String? { settings["TX_PUBLIC_SETUP_ALLOWLIST"]?.text }
    public var doubleSpendWindow: Int { max(0, int("P2P_DOUBLE_SPEND_SEVERE_PEER_PENALTY_WINDOW") ?? 30) }
}
