public import JSON

/// Sequencer options that the admin interface reads and sets; each may be left out.
public struct SequencerConfig: Hashable, Sendable {
    public var transactionPollingIntervalMS: JSONNumber?
    public var maxTxsPerBlock: JSONNumber?
    public var minTxsPerBlock: JSONNumber?
    public var publishTxsWithProposals: Bool?
    public var maxL2BlockGas: JSONNumber?
    public var maxDABlockGas: JSONNumber?
    public var coinbase: EthAddress?
    public var feeRecipient: AztecAddress?
    public var acvmWorkingDirectory: String?
    public var acvmBinaryPath: String?
    public var txPublicSetupAllowList: [AllowedElement]?
    public var maxBlockSizeInBytes: JSONNumber?
    public var governanceProposerPayload: EthAddress?
    public var enforceTimeTable: Bool?
    public var maxL1TxInclusionTimeIntoSlot: JSONNumber?

    public init() {}
}

extension SequencerConfig: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("transactionPollingIntervalMS", ifPresent: transactionPollingIntervalMS)
        writer.member("maxTxsPerBlock", ifPresent: maxTxsPerBlock)
        writer.member("minTxsPerBlock", ifPresent: minTxsPerBlock)
        writer.member("maxL2BlockGas", ifPresent: maxL2BlockGas)
        writer.member("publishTxsWithProposals", ifPresent: publishTxsWithProposals)
        writer.member("maxDABlockGas", ifPresent: maxDABlockGas)
        writer.member("coinbase", ifPresent: coinbase)
        writer.member("feeRecipient", ifPresent: feeRecipient)
        writer.member("acvmWorkingDirectory", ifPresent: acvmWorkingDirectory)
        writer.member("acvmBinaryPath", ifPresent: acvmBinaryPath)
        if let txPublicSetupAllowList { writer.member("txPublicSetupAllowList", txPublicSetupAllowList) }
        writer.member("maxBlockSizeInBytes", ifPresent: maxBlockSizeInBytes)
        writer.member("governanceProposerPayload", ifPresent: governanceProposerPayload)
        writer.member("maxL1TxInclusionTimeIntoSlot", ifPresent: maxL1TxInclusionTimeIntoSlot)
        writer.member("enforceTimeTable", ifPresent: enforceTimeTable)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        transactionPollingIntervalMS = try json.decodeIfPresent("transactionPollingIntervalMS")
        maxTxsPerBlock = try json.decodeIfPresent("maxTxsPerBlock")
        minTxsPerBlock = try json.decodeIfPresent("minTxsPerBlock")
        maxL2BlockGas = try json.decodeIfPresent("maxL2BlockGas")
        publishTxsWithProposals = try json.decodeIfPresent("publishTxsWithProposals")
        maxDABlockGas = try json.decodeIfPresent("maxDABlockGas")
        coinbase = try json.decodeIfPresent("coinbase")
        feeRecipient = try json.decodeIfPresent("feeRecipient")
        acvmWorkingDirectory = try json.decodeIfPresent("acvmWorkingDirectory")
        acvmBinaryPath = try json.decodeIfPresent("acvmBinaryPath")
        txPublicSetupAllowList = try json.ifPresent("txPublicSetupAllowList") { element throws(JSONError) in try element.decodeArray() }
        maxBlockSizeInBytes = try json.decodeIfPresent("maxBlockSizeInBytes")
        governanceProposerPayload = try json.decodeIfPresent("governanceProposerPayload")
        maxL1TxInclusionTimeIntoSlot = try json.decodeIfPresent("maxL1TxInclusionTimeIntoSlot")
        enforceTimeTable = try json.decodeIfPresent("enforceTimeTable")
    }
}
