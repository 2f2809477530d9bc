public import JSON

/// Times of a rollup as its L1 contract states them, in the form they are carried. `EpochSchedule` computes with them.
public struct L1RollupConstants: Hashable, Sendable {
    public var l1StartBlock: BigInteger
    /// Seconds since 1970.
    public var l1GenesisTime: BigInteger
    /// Seconds of an L2 slot.
    public var slotDuration: JSONNumber
    /// L2 slots of an epoch.
    public var epochDuration: JSONNumber
    /// Seconds of an L1 slot.
    public var ethereumSlotDuration: JSONNumber
    /// L2 slots from the start of an epoch until its proof must be in.
    public var proofSubmissionWindow: JSONNumber

    public init(
        l1StartBlock: BigInteger, l1GenesisTime: BigInteger, slotDuration: JSONNumber, epochDuration: JSONNumber, ethereumSlotDuration: JSONNumber,
        proofSubmissionWindow: JSONNumber
    ) {
        self.l1StartBlock = l1StartBlock
        self.l1GenesisTime = l1GenesisTime
        self.slotDuration = slotDuration
        self.epochDuration = epochDuration
        self.ethereumSlotDuration = ethereumSlotDuration
        self.proofSubmissionWindow = proofSubmissionWindow
    }
}

extension L1RollupConstants: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("l1StartBlock", l1StartBlock)
        writer.member("l1GenesisTime", l1GenesisTime)
        writer.member("slotDuration", slotDuration)
        writer.member("epochDuration", epochDuration)
        writer.member("ethereumSlotDuration", ethereumSlotDuration)
        writer.member("proofSubmissionWindow", proofSubmissionWindow)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        l1StartBlock = try json.decode("l1StartBlock")
        l1GenesisTime = try json.decode("l1GenesisTime")
        slotDuration = try json.decode("slotDuration")
        epochDuration = try json.decode("epochDuration")
        ethereumSlotDuration = try json.decode("ethereumSlotDuration")
        proofSubmissionWindow = try json.decode("proofSubmissionWindow")
    }
}
