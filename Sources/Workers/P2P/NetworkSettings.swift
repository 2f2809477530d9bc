import Configuration
import EventLoop
import IPC
import PeerIdentity
import PeerNetwork
import PeerTransport
import Protocol

/// From options to what the network is told. What an operator can get wrong is named.
enum NetworkSettings {
    static func make(_ configuration: ResolvedConfiguration, versions: ComponentVersions, release: String) throws -> NetworkConfiguration {
        let listen = SocketAddress(try address(configuration.p2pListenAddress, "--p2p.listenAddress (P2P_LISTEN_ADDR)"), try port(configuration.p2pPort, "--p2p.p2pPort (P2P_PORT)"))
        var announced: [SocketAddress] = []
        if let text = configuration.p2pIP {
            announced = [SocketAddress(try address(text, "--p2p.p2pIp (P2P_IP)"), try port(configuration.p2pBroadcastPort, "--p2p.p2pBroadcastPort (P2P_BROADCAST_PORT)"))]
        } else if !configuration.queriesForIP {
            throw WorkerFailure("the peer network needs the address it is reached at: --p2p.p2pIp (P2P_IP), or --p2p.queryForIp to learn it from peers", isPermanent: true)
        }
        var settings = NetworkConfiguration(
            listen: listen, announced: announced, networkVersion: versions.compressed, clientVersion: release, agentVersion: "quetzal/\(release)")
        settings.bootnodes = try records(configuration.bootstrapNodes, "--p2p.bootstrapNodes (BOOTSTRAP_NODES)")
        settings.trusted = try records(configuration.trustedPeers, "--p2p.trustedPeers (P2P_TRUSTED_PEERS)")
        settings.privatePeers = try records(configuration.privatePeers, "--p2p.privatePeers (P2P_PRIVATE_PEERS)")
        settings.checksBootnodeVersions = configuration.checksBootnodeVersion
        settings.bootnodesAreFullPeers = configuration.treatsBootnodesAsPeers
        settings.maxPeers = configuration.maxPeers
        settings.peerCheckMillis = configuration.peerCheckMillis
        settings.penaltyValues = configuration.peerPenalties
        settings.individualRequestMillis = configuration.requestMillis
        settings.overallRequestMillis = configuration.requestOverallMillis
        settings.gossipIntervalMillis = configuration.gossipHeartbeatMillis
        settings.gossipDegree = configuration.gossipD
        settings.gossipLow = configuration.gossipDlo
        settings.gossipHigh = configuration.gossipDhi
        settings.gossipLazy = configuration.gossipDlazy
        settings.floodPublish = configuration.floodPublishes
        settings.messageCacheLength = configuration.gossipCacheLength
        settings.messageCacheGossip = configuration.gossipCacheGossip
        settings.seenMillis = configuration.gossipSeenMillis
        settings.seenCacheSize = configuration.seenMessages
        settings.disablesColocationPenalty = configuration.ignoresColocation
        return settings
    }

    static func swarm(_ settings: NetworkConfiguration) -> SwarmConfiguration {
        var swarm = SwarmConfiguration(agentVersion: settings.agentVersion)
        swarm.listen = settings.listen
        swarm.announced = settings.announced
        swarm.maxInbound = settings.maxPeers
        swarm.maxPerIP = settings.maxPerIP
        swarm.newPerSecondAndIP = settings.newPerSecondAndIP
        return swarm
    }

    private static func address(_ text: String, _ option: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw WorkerFailure("\(option): «\(text)» is no IP address", isPermanent: true) }
        return address
    }

    private static func port(_ number: Int, _ option: String) throws -> UInt16 {
        guard let port = UInt16(exactly: number), port > 0 else { throw WorkerFailure("\(option): \(number) is no port", isPermanent: true) }
        return port
    }

    private static func records(_ texts: [String], _ option: String) throws -> [ENR] {
        try texts.map { text in
            do { return try ENR(text: text) } catch { throw WorkerFailure("\(option): «\(text.prefix(60))»: \(error)", isPermanent: true) }
        }
    }
}
