public import PeerIdentity
public import PeerTransport

/// A peer that we could dial: where, and the record that says so.
public struct KnownPeer: Hashable, Sendable {
    public var address: PeerAddress
    /// `enr:…`; empty for one that was suggested.
    public var record: String
    /// The record's sequence number: a higher one replaces a lower one.
    public var sequence: UInt64
    /// Unix milliseconds when we were last connected to it; 0 if never.
    public var lastSeen: UInt64

    public init(address: PeerAddress, record: String, sequence: UInt64, lastSeen: UInt64 = 0) {
        self.address = address
        self.record = record
        self.sequence = sequence
        self.lastSeen = lastSeen
    }

    public var id: PeerID { address.id }
}

/// Where known peers outlive the process. Both calls come on the loop's thread, `save` at most once a second, with all
/// peers to keep (`PeerManagerConfiguration.maxKnown` at most).
public protocol PeerStore: AnyObject {
    func load() -> [StoredPeer]
    func save(_ peers: [StoredPeer])
}

/// What is stored: the record holds everything else.
public struct StoredPeer: Hashable, Sendable {
    public var record: String
    public var lastSeen: UInt64

    public init(record: String, lastSeen: UInt64) {
        self.record = record
        self.lastSeen = lastSeen
    }
}
