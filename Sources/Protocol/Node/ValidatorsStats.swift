public import JSON

/// The answer of `node_getValidatorsStats`.
public struct ValidatorsStats: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// The validator's address as text; the reference does not look into it.
        public var key: String
        public var stats: ValidatorStats

        public init(key: String, stats: ValidatorStats) {
            self.key = key
            self.stats = stats
        }
    }

    public var stats: [Entry]
    public var lastProcessedSlot: BigInteger?
    public var initialSlot: BigInteger?
    public var slotWindow: Int

    public init(stats: [Entry], lastProcessedSlot: BigInteger?, initialSlot: BigInteger?, slotWindow: Int) {
        self.stats = stats
        self.lastProcessedSlot = lastProcessedSlot
        self.initialSlot = initialSlot
        self.slotWindow = slotWindow
    }
}

extension ValidatorsStats: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("stats")
        writer.beginObject()
        for entry in stats { writer.member(entry.key, entry.stats) }
        writer.endObject()
        writer.member("lastProcessedSlot", ifPresent: lastProcessedSlot)
        writer.member("initialSlot", ifPresent: initialSlot)
        writer.member("slotWindow", slotWindow)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        let members = try json.required("stats")
        guard members.isObject else { throw JSONError("an object is expected", at: members) }
        stats = []
        for (key, value) in members.members { stats.append(Entry(key: key, stats: try value.decode())) }
        lastProcessedSlot = try json.decodeIfPresent("lastProcessedSlot")
        initialSlot = try json.decodeIfPresent("initialSlot")
        slotWindow = try json.required("slotWindow").coercedInteger()
    }
}
