public import JSON

/// A page of logs: the answer of `getPublicLogs` and `getContractClassLogs`.
public struct GetLogsResponse<Log: Hashable & Sendable & JSONEncodable & JSONDecodable>: Hashable, Sendable {
    public var logs: [Log]
    /// Whether the page was full, so that more may follow.
    public var maxLogsHit: Bool

    public init(logs: [Log], maxLogsHit: Bool) {
        self.logs = logs
        self.maxLogsHit = maxLogsHit
    }
}

public typealias GetPublicLogsResponse = GetLogsResponse<ExtendedPublicLog>
public typealias GetContractClassLogsResponse = GetLogsResponse<ExtendedContractClassLog>

extension GetLogsResponse: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("logs", logs)
        writer.member("maxLogsHit", maxLogsHit)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        logs = try json.decodeArray("logs")
        maxLogsHit = try json.decode("maxLogsHit")
    }
}
