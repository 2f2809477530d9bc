public import JSON

extension ValidatorStats: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("address", address)
        writer.member("lastProposal", ifPresent: lastProposal)
        writer.member("lastAttestation", ifPresent: lastAttestation)
        writer.member("totalSlots", totalSlots)
        writer.member("missedProposals", missedProposals)
        writer.member("missedAttestations", missedAttestations)
        writer.member("history", history)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        address = try json.decode("address")
        lastProposal = try json.decodeIfPresent("lastProposal")
        lastAttestation = try json.decodeIfPresent("lastAttestation")
        totalSlots = try json.required("totalSlots").coercedInteger()
        missedProposals = try json.decode("missedProposals")
        missedAttestations = try json.decode("missedAttestations")
        history = try json.decodeArray("history")
    }
}

extension ValidatorStats.TimeOfSlot: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("timestamp", timestamp)
        writer.member("slot", slot)
        writer.member("date", date)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        timestamp = try json.decode("timestamp")
        slot = try json.decode("slot")
        date = try json.decode("date")
    }
}

extension ValidatorStats.Missed: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("currentStreak", currentStreak)
        writer.member("rate", ifPresent: rate)
        writer.member("count", count)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        currentStreak = try json.required("currentStreak").coercedInteger()
        rate = try json.decodeIfPresent("rate")
        count = try json.required("count").coercedInteger()
    }
}

extension ValidatorStats.HistoryEntry: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("slot", slot)
        writer.member("status", status.rawValue)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        slot = try json.decode("slot")
        let status = try json.required("status")
        guard let value = status.string.flatMap(ValidatorStats.SlotStatus.init(rawValue:)) else {
            throw JSONError("a status of a slot is expected", at: status)
        }
        self.status = value
    }
}
