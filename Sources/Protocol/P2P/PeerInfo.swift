public import JSON

/// What the node says about a peer (note 08 §3).
public enum PeerInfo: Hashable, Sendable {
    case connected(id: String, score: JSONNumber)
    case dialing(id: String, dialStatus: String, addresses: [String])
    case cached(id: String, addresses: [String], enr: String, dialAttempts: JSONNumber)
}

extension PeerInfo: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        switch self {
        case .connected(let id, let score):
            writer.member("status", "connected")
            writer.member("score", score)
            writer.member("id", id)
        case .dialing(let id, let dialStatus, let addresses):
            writer.member("status", "dialing")
            writer.member("dialStatus", dialStatus)
            writer.member("id", id)
            writer.member("addresses", addresses)
        case .cached(let id, let addresses, let enr, let dialAttempts):
            writer.member("status", "cached")
            writer.member("id", id)
            writer.member("addresses", addresses)
            writer.member("enr", enr)
            writer.member("dialAttempts", dialAttempts)
        }
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        let status = try json.required("status")
        switch status.string {
        case "connected": self = .connected(id: try json.decode("id"), score: try json.decode("score"))
        case "dialing":
            self = .dialing(id: try json.decode("id"), dialStatus: try json.decode("dialStatus"), addresses: try json.decodeArray("addresses"))
        case "cached":
            self = .cached(
                id: try json.decode("id"), addresses: try json.decodeArray("addresses"), enr: try json.decode("enr"),
                dialAttempts: try json.decode("dialAttempts"))
        default: throw JSONError("one of connected, dialing, cached is expected", at: status)
        }
    }
}
