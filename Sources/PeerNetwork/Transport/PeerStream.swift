public import PeerIdentity

/// How a stream ended, other than by both sides closing it.
public enum StreamFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No connection to the peer, or it went away.
    case notConnected
    /// The peer speaks none of the protocols.
    case unsupported
    case timedOut
    /// The peer reset it.
    case reset
    /// Our limit or the peer's on open streams.
    case tooManyStreams
    case protocolError(String)

    public var description: String {
        switch self {
        case .notConnected: "not connected"
        case .unsupported: "protocol not supported by the peer"
        case .timedOut: "timed out"
        case .reset: "reset by the peer"
        case .tooManyStreams: "too many streams"
        case .protocolError(let what): what
        }
    }
}

/// What a stream's owner is told, on the loop's thread. After `streamFailed`, or after both ends have closed, nothing more comes.
public protocol PeerStreamOwner: AnyObject {
    /// Never empty. A data frame of up to 16 KiB comes whole, a longer one as its parts arrive. Until `consumed` is called for it,
    /// it counts against the window. Copy what is kept for long: the slice may hold on to 64 KiB.
    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>)
    /// The peer will send no more.
    func streamEnded(_ stream: any PeerStream)
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure)
    /// Everything written has left for the socket.
    func streamDrained(_ stream: any PeerStream)
}

extension PeerStreamOwner {
    public func streamDrained(_ stream: any PeerStream) {}
}

/// A negotiated stream of a connection. Belongs to the loop's thread.
public protocol PeerStream: AnyObject {
    var peer: PeerID { get }
    /// The protocol agreed on, e.g. `/meshsub/1.1.0`.
    var protocolName: String { get }
    var isOutbound: Bool { get }
    /// Weak: the owner keeps itself alive.
    var owner: (any PeerStreamOwner)? { get set }
    /// Bytes written and not yet sent: for want of window, or in the socket. The owner bounds it.
    var queuedBytes: Int { get }
    /// Sends `bytes`, as one data frame if window and frame size allow (request/response relies on it, «note 07 §7.1»).
    func write(_ bytes: [UInt8])
    /// Half-close: no more from us.
    func closeWrite()
    func reset()
    /// Gives the peer window back for bytes received.
    func consumed(_ count: Int)
}
