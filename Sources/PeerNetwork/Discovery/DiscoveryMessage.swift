public import Bytes
public import EventLoop

/// Which answer belongs to which request. Answers carry the bytes as they came; numbers are compared, since the reference
/// strips leading zeros («note 07 §10.3»).
public struct RequestID: Hashable, Sendable {
    /// 0 to 16: the specification allows 8, the reference reads more.
    public static let byteLimit = 16

    public let number: UInt128
    private let length: UInt8

    /// Nil if there are more than 16 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count <= Self.byteLimit else { return nil }
        number = bytes.reduce(0) { $0 << 8 | UInt128($1) }
        length = UInt8(bytes.count)
    }

    public var bytes: [UInt8] { (0..<Int(length)).reversed().map { UInt8(truncatingIfNeeded: number >> UInt128(8 * $0)) } }
}

/// What two nodes say to each other within a session: a type byte and an RLP list («note 07 §10.3»).
public enum DiscoveryMessage: Hashable, Sendable {
    case ping(RequestID, sequence: UInt64)
    /// With the address that the ping came from.
    case pong(RequestID, sequence: UInt64, SocketAddress)
    /// Logarithmic distances from the receiver; those above 256 mean nothing.
    case findNode(RequestID, distances: [Int])
    /// One of `total` packets. Records in RLP form, not looked into.
    case nodes(RequestID, total: Int, records: [[UInt8]])
    case talkRequest(RequestID, protocolName: [UInt8], [UInt8])
    case talkResponse(RequestID, [UInt8])
    /// A type that v5.1 does not have.
    case unknown(UInt8)

    public init(decoding bytes: ArraySlice<UInt8>) throws(DecodingError) {
        guard let type = bytes.first else { throw DecodingError("message: empty") }
        var outer = RLPReader(bytes.dropFirst())
        var list = try outer.readList("message")
        try outer.requireEnd("message")
        guard (1...6).contains(type) else {
            self = .unknown(type)
            return
        }
        let idBytes = try list.readBytes("request id")
        guard let id = RequestID(bytes: idBytes) else { throw list.failure("request id: \(idBytes.count) bytes") }
        switch type {
        case 1: self = .ping(id, sequence: try list.readUInt64("enr-seq"))
        case 2:
            let sequence = try list.readUInt64("enr-seq")
            let ip = try list.readBytes("recipient ip", maximum: 16)
            guard let address = IPAddress(bytes: ip) else { throw list.failure("recipient ip: \(ip.count) bytes") }
            guard let port = UInt16(exactly: try list.readUInt64("recipient port")) else { throw list.failure("recipient port: more than 65535") }
            self = .pong(id, sequence: sequence, SocketAddress(address, port))
        case 3:
            var items = try list.readList("distances")
            var distances: [Int] = []
            while !items.isAtEnd { distances.append(Int(clamping: try items.readUInt64("distance"))) }
            self = .findNode(id, distances: distances)
        case 4:
            let total = Int(clamping: try list.readUInt64("total"))
            var items = try list.readList("records")
            var records: [[UInt8]] = []
            while !items.isAtEnd { records.append(Array(try items.nextEncoded("record"))) }
            self = .nodes(id, total: total, records: records)
        case 5: self = .talkRequest(id, protocolName: Array(try list.readBytes("protocol")), Array(try list.readBytes("request")))
        default: self = .talkResponse(id, Array(try list.readBytes("response")))
        }
        try list.requireEnd("message")
    }

    public var encoded: [UInt8] {
        func message(_ type: UInt8, _ items: [RLP.Item]) -> [UInt8] { [type] + RLP.encode(.list(items)) }
        switch self {
        case .ping(let id, let sequence): return message(1, [.bytes(id.bytes), .integer(UInt128(sequence))])
        case .pong(let id, let sequence, let address):
            return message(2, [.bytes(id.bytes), .integer(UInt128(sequence)), .bytes(address.ip.bytes), .integer(UInt128(address.port))])
        case .findNode(let id, let distances): return message(3, [.bytes(id.bytes), .list(distances.map { .integer(UInt128($0)) })])
        case .nodes(let id, let total, let records): return message(4, [.bytes(id.bytes), .integer(UInt128(total)), .list(records.map { .encoded($0) })])
        case .talkRequest(let id, let name, let request): return message(5, [.bytes(id.bytes), .bytes(name), .bytes(request)])
        case .talkResponse(let id, let response): return message(6, [.bytes(id.bytes), .bytes(response)])
        case .unknown(let type): return message(type, [])
        }
    }
}
