import PeerIdentity

/// What goes on a peer's stream, length first. The bytes are shared by all peers that get them.
struct GossipFrame {
    /// What a peer that reads too slowly goes without, first to last.
    enum Kind {
        /// IHAVE, IWANT.
        case gossip
        case message
        /// Subscriptions, GRAFT, PRUNE: without them the peer's picture of us is wrong.
        case control
    }

    var kind: Kind
    var bytes: [UInt8]

    static func subscriptions(_ topics: [[UInt8]], subscribes: Bool) -> GossipFrame {
        var rpc = GossipRPC()
        rpc.subscriptions = topics.map { GossipRPC.Subscription(subscribes: subscribes, topic: $0[...]) }
        return GossipFrame(kind: .control, bytes: rpc.framed)
    }

    static func mesh(graft: [[UInt8]], prune: [GossipRPC.Prune]) -> GossipFrame {
        var control = GossipRPC.Control()
        control.graft = graft.map { $0[...] }
        control.prune = prune
        var rpc = GossipRPC()
        rpc.control = control
        return GossipFrame(kind: .control, bytes: rpc.framed)
    }

    static func ihave(_ topic: [UInt8], _ ids: [MessageID]) -> GossipFrame {
        var ihave = GossipRPC.IHave()
        ihave.topic = topic[...]
        ihave.ids = ids
        var rpc = GossipRPC()
        rpc.control = GossipRPC.Control()
        rpc.control?.ihave = [ihave]
        return GossipFrame(kind: .gossip, bytes: rpc.framed)
    }

    static func iwant(_ ids: [MessageID]) -> GossipFrame {
        var rpc = GossipRPC()
        rpc.control = GossipRPC.Control()
        rpc.control?.iwant = [ids]
        return GossipFrame(kind: .gossip, bytes: rpc.framed)
    }

    /// One message alone. Written in one go: payloads are large.
    static func message(topic: [UInt8], data: ArraySlice<UInt8>) -> (frame: GossipFrame, data: Range<Int>) {
        func field(_ count: Int) -> Int { 1 + Varint.length(UInt64(count)) + count }
        let message = field(data.count) + field(topic.count)
        let rpc = field(message)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Varint.length(UInt64(rpc)) + rpc)
        Varint.append(UInt64(rpc), to: &bytes)
        bytes.append(2 << 3 | 2)
        Varint.append(UInt64(message), to: &bytes)
        bytes.append(2 << 3 | 2)
        Varint.append(UInt64(data.count), to: &bytes)
        let start = bytes.count
        bytes += data
        let range = start..<bytes.count
        bytes.append(4 << 3 | 2)
        Varint.append(UInt64(topic.count), to: &bytes)
        bytes += topic
        return (GossipFrame(kind: .message, bytes: bytes), range)
    }
}
