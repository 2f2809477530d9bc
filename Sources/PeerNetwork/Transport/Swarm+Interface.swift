public import EventLoop
public import PeerIdentity

/// Where a peer can be dialled.
public struct PeerAddress: Hashable, Sendable {
    public var id: PeerID
    public var socket: SocketAddress

    public init(id: PeerID, socket: SocketAddress) {
        self.id = id
        self.socket = socket
    }
}

/// Limits and facts of the transport; defaults are the reference's («note 07 §3.1»).
public struct SwarmConfiguration: Sendable {
    public var listen: SocketAddress?
    /// Announced in identify.
    public var announced: [SocketAddress] = []
    public var protocolVersion = "aztec/0.1.0"
    public var agentVersion: String
    public var maxInbound = 100
    public var maxConnections = 300
    public var maxUpgrading = 5
    public var newPerSecondAndIP = 5
    public var maxPerIP = 32
    public var inboundUpgradeMillis = 2000
    /// An upgrade that takes longer may lose its place to another address.
    public var dawdleMillis = 500
    public var dialMillis = 30_000
    public var negotiationMillis = 30_000
    public var idleMillis = 300_000
    /// How long a connection closed in good order may take to send what it has.
    public var lingerMillis = 500
    /// A peer that takes nothing of what waits for it is cut after so long.
    public var stallMillis = 60_000
    public var maxDialing = 100
    /// Dials that wait for a free place.
    public var maxQueuedDials = 300
    /// After the nth failure in a row an address is left alone for 2ⁿ⁻¹ times this, at most 64 times.
    public var dialBackoffMillis = 1000
    public var maxOutboundPerProtocol = 64
    /// Inbound streams of one connection that have no protocol yet.
    public var maxNegotiating = 64
    /// Offered as listener, proposed as dialer, in this order.
    public var muxers = [YamuxSession.protocolName, MplexSession.protocolName]
    /// What yamux windows of all connections may grow by beyond their initial 256 KiB.
    public var windowGrowthBytes = 64 << 20
    /// Serve `/ipfs/id/1.0.0` and `/ipfs/ping/1.0.0` too, for other implementations in tests.
    public var servesGenericIdentify = false

    public init(agentVersion: String) { self.agentVersion = agentVersion }
}

/// A live, upgraded connection.
public struct ConnectionInfo: Hashable, Sendable {
    /// Unique in this process.
    public var id: UInt64
    public var peer: PeerID
    public var remote: SocketAddress
    public var isOutbound: Bool
    /// `EventLoop.monotonicNanos` when the upgrade was complete.
    public var openedNanos: UInt64

    public init(id: UInt64, peer: PeerID, remote: SocketAddress, isOutbound: Bool, openedNanos: UInt64) {
        self.id = id
        self.peer = peer
        self.remote = remote
        self.isOutbound = isOutbound
        self.openedNanos = openedNanos
    }
}

/// What the peer said of itself in identify («note 07 §3.6»).
public struct PeerIdentification: Hashable, Sendable {
    public var protocols: [String]
    public var protocolVersion: String
    public var agentVersion: String
    public var observed: SocketAddress?

    public init(protocols: [String], protocolVersion: String, agentVersion: String, observed: SocketAddress?) {
        self.protocols = protocols
        self.protocolVersion = protocolVersion
        self.agentVersion = agentVersion
        self.observed = observed
    }
}

public protocol SwarmDelegate: AnyObject {
    func swarm(opened connection: ConnectionInfo)
    /// `isLast`: the peer has no other connection.
    func swarm(closed connection: ConnectionInfo, isLast: Bool, reason: String)
    func swarm(identified peer: PeerID, as identification: PeerIdentification)
    /// A dial ended without a connection.
    func swarm(dialFailed address: PeerAddress, reason: String)
}

/// Connections to all peers over TCP: listening, dialling, upgrading (multistream-select, Noise, muxer), identify, streams.
/// Belongs to the loop's thread. `Swarm` implements it; the layers above know only this.
public protocol PeerSwarm: AnyObject {
    var localID: PeerID { get }
    var delegate: (any SwarmDelegate)? { get set }
    /// The port listened on, once `start` has been called.
    var port: UInt16? { get }
    var connections: [ConnectionInfo] { get }
    func isConnected(_ peer: PeerID) -> Bool
    func isDialing(_ peer: PeerID) -> Bool
    func start() throws(EventLoopError)
    /// Returns at once; the delegate hears of the outcome. Does nothing when a connection or a dial to the peer exists.
    func dial(_ address: PeerAddress)
    /// Accepts streams of a protocol. `accept` sets the stream's owner at once (a stream without an owner is reset).
    func handle(_ protocolName: String, maxInboundPerConnection: Int, _ accept: @escaping (any PeerStream) -> Void)
    /// Opens a stream and agrees on the first protocol that the peer has, in the order given. `opened` runs once, never before
    /// this returns, and sets the stream's owner at once (a stream without an owner is reset).
    func openStream(to peer: PeerID, _ protocols: [String], timeoutMillis: Int, _ opened: @escaping (Result<any PeerStream, StreamFailure>) -> Void)
    /// In good order: what was written goes out first, within half a second.
    func close(connection: UInt64, reason: String)
    /// Closes all connections of the peer.
    func disconnect(_ peer: PeerID, reason: String)
    func stop()
}
