public import Bytes
import PeerIdentity

/// One frame of a gossip stream («note 07 §4.1»). Byte strings are parts of the frame, not copies.
public struct GossipRPC: Sendable {
    public struct Subscription: Sendable {
        public var subscribes: Bool?
        public var topic: ArraySlice<UInt8>?

        public init(subscribes: Bool?, topic: ArraySlice<UInt8>?) {
            self.subscribes = subscribes
            self.topic = topic
        }
    }

    public struct Message: Sendable {
        public var from: ArraySlice<UInt8>?
        /// Snappy's block format.
        public var data: ArraySlice<UInt8>?
        public var sequence: ArraySlice<UInt8>?
        public var topic: ArraySlice<UInt8> = []
        public var signature: ArraySlice<UInt8>?
        public var key: ArraySlice<UInt8>?

        public init() {}

        /// Whether it has what an unsigned message must not have, even empty.
        var breaksSignaturePolicy: Bool { sequence != nil || signature != nil || key != nil }
    }

    public struct IHave: Sendable {
        public var topic: ArraySlice<UInt8>?
        public var ids: [MessageID] = []

        public init() {}
    }

    public struct PeerInfo: Sendable {
        public var id: ArraySlice<UInt8>?
        public var signedRecord: ArraySlice<UInt8>?

        public init() {}
    }

    public struct Prune: Sendable {
        public var topic: ArraySlice<UInt8>?
        public var peers: [PeerInfo] = []
        /// Seconds.
        public var backoff: UInt64?

        public init() {}
    }

    public struct Control: Sendable {
        public var ihave: [IHave] = []
        /// An element per IWANT.
        public var iwant: [[MessageID]] = []
        /// Topics; nil for one without.
        public var graft: [ArraySlice<UInt8>?] = []
        public var prune: [Prune] = []
        /// Ids that were not 20 bytes long: left out above.
        public var malformedIDs = 0

        public init() {}
    }

    public var subscriptions: [Subscription] = []
    public var messages: [Message] = []
    public var control: Control?

    public init() {}

    /// How much one frame may hold. What the reference sends stays far below.
    public struct Limits: Sendable {
        /// Fields of all levels together: bounds the time that a frame of nothing but tags takes.
        public var fields = 40_000
        public var subscriptions = 256
        public var messages = 4096
        /// IHAVE, IWANT, GRAFT and PRUNE each.
        public var controls = 256
        public var peersPerPrune = 64
        public var topicBytes = 256

        public init() {}
    }

    /// Throws on anything malformed or beyond the limits, as a whole; unknown fields are skipped.
    public init(_ bytes: ArraySlice<UInt8>, limits: Limits = Limits()) throws(DecodingError) {
        var fields = limits.fields
        var walk = Walk(bytes)
        while let field = try walk.next(&fields) {
            switch field.number {
            case 1:
                guard subscriptions.count < limits.subscriptions else { throw DecodingError("RPC: more than \(limits.subscriptions) subscriptions") }
                subscriptions.append(try Self.subscription(try field.bytes("subscription"), &fields, limits))
            case 2:
                guard messages.count < limits.messages else { throw DecodingError("RPC: more than \(limits.messages) messages") }
                messages.append(try Self.message(try field.bytes("message"), &fields, limits))
            case 3: control = try Self.control(try field.bytes("control"), &fields, limits)
            default: break
            }
        }
    }

    /// A reader that counts fields down over all levels.
    private struct Walk {
        var reader: ProtobufReader

        init(_ bytes: ArraySlice<UInt8>) { reader = ProtobufReader(bytes) }

        mutating func next(_ fields: inout Int) throws(DecodingError) -> ProtobufField? {
            guard let field = try reader.next() else { return nil }
            fields -= 1
            guard fields >= 0 else { throw DecodingError("RPC: too many fields") }
            return field
        }
    }

    private static func topic(_ field: ProtobufField, _ limits: Limits) throws(DecodingError) -> ArraySlice<UInt8> {
        let name = try field.bytes("topic")
        guard name.count <= limits.topicBytes else { throw DecodingError("RPC: a topic of \(name.count) bytes") }
        return name
    }

    private static func subscription(_ bytes: ArraySlice<UInt8>, _ fields: inout Int, _ limits: Limits) throws(DecodingError) -> Subscription {
        var result = Subscription(subscribes: nil, topic: nil)
        var walk = Walk(bytes)
        while let field = try walk.next(&fields) {
            switch field.number {
            case 1: result.subscribes = try field.varint("subscribe") != 0
            case 2: result.topic = try topic(field, limits)
            default: break
            }
        }
        return result
    }

    private static func message(_ bytes: ArraySlice<UInt8>, _ fields: inout Int, _ limits: Limits) throws(DecodingError) -> Message {
        var result = Message()
        var walk = Walk(bytes)
        while let field = try walk.next(&fields) {
            switch field.number {
            case 1: result.from = try field.bytes("from")
            case 2: result.data = try field.bytes("data")
            case 3: result.sequence = try field.bytes("seqno")
            case 4: result.topic = try topic(field, limits)
            case 5: result.signature = try field.bytes("signature")
            case 6: result.key = try field.bytes("key")
            default: break
            }
        }
        return result
    }

    private static func control(_ bytes: ArraySlice<UInt8>, _ fields: inout Int, _ limits: Limits) throws(DecodingError) -> Control {
        var result = Control()
        func room(_ count: Int) throws(DecodingError) {
            guard count < limits.controls else { throw DecodingError("RPC: more than \(limits.controls) control messages of a kind") }
        }
        var walk = Walk(bytes)
        while let field = try walk.next(&fields) {
            switch field.number {
            case 1:
                try room(result.ihave.count)
                var ihave = IHave()
                var inner = Walk(try field.bytes("ihave"))
                while let field = try inner.next(&fields) {
                    switch field.number {
                    case 1: ihave.topic = try topic(field, limits)
                    case 2: try append(field, to: &ihave.ids, &result.malformedIDs)
                    default: break
                    }
                }
                result.ihave.append(ihave)
            case 2:
                try room(result.iwant.count)
                var ids: [MessageID] = []
                var inner = Walk(try field.bytes("iwant"))
                while let field = try inner.next(&fields) {
                    if field.number == 1 { try append(field, to: &ids, &result.malformedIDs) }
                }
                result.iwant.append(ids)
            case 3:
                try room(result.graft.count)
                var name: ArraySlice<UInt8>?
                var inner = Walk(try field.bytes("graft"))
                while let field = try inner.next(&fields) {
                    if field.number == 1 { name = try topic(field, limits) }
                }
                result.graft.append(name)
            case 4:
                try room(result.prune.count)
                result.prune.append(try prune(try field.bytes("prune"), &fields, limits))
            default: break
            }
        }
        return result
    }

    private static func prune(_ bytes: ArraySlice<UInt8>, _ fields: inout Int, _ limits: Limits) throws(DecodingError) -> Prune {
        var result = Prune()
        var walk = Walk(bytes)
        while let field = try walk.next(&fields) {
            switch field.number {
            case 1: result.topic = try topic(field, limits)
            case 2:
                guard result.peers.count < limits.peersPerPrune else { throw DecodingError("RPC: more than \(limits.peersPerPrune) peers in a PRUNE") }
                var peer = PeerInfo()
                var inner = Walk(try field.bytes("peer"))
                while let field = try inner.next(&fields) {
                    switch field.number {
                    case 1: peer.id = try field.bytes("peer id")
                    case 2: peer.signedRecord = try field.bytes("signed peer record")
                    default: break
                    }
                }
                result.peers.append(peer)
            case 3: result.backoff = try field.varint("backoff")
            default: break
            }
        }
        return result
    }

    private static func append(_ field: ProtobufField, to ids: inout [MessageID], _ malformed: inout Int) throws(DecodingError) {
        if let id = MessageID(try field.bytes("message id")) { ids.append(id) } else { malformed += 1 }
    }
}
