// Counts per tx and per call.
extension ProtocolConstants {
    public static let maxContractClassLogsPerCall = 1
    public static let maxContractClassLogsPerTx = 1
    public static let maxEnqueuedCallsPerCall = 16
    public static let maxEnqueuedCallsPerTx = 32
    public static let maxFrCalldataToAllEnqueuedCalls = 16_000
    public static let maxKeyValidationRequestsPerCall = 16
    public static let maxKeyValidationRequestsPerTx = 64
    public static let maxL1ToL2MessageReadRequestsPerCall = 16
    public static let maxL1ToL2MessageReadRequestsPerTx = 64
    public static let maxL2ToL1MessagesPerCall = 2
    public static let maxL2ToL1MessagesPerTx = 8
    public static let maxNoteHashesPerCall = 16
    public static let maxNoteHashesPerTx = 64
    public static let maxNoteHashReadRequestsPerCall = 16
    public static let maxNoteHashReadRequestsPerTx = 64
    public static let maxNullifiersPerCall = 16
    public static let maxNullifiersPerTx = 64
    public static let maxNullifierNonExistentReadRequestsPerCall = 16
    public static let maxNullifierNonExistentReadRequestsPerTx = 64
    public static let maxNullifierReadRequestsPerCall = 16
    public static let maxNullifierReadRequestsPerTx = 64
    public static let maxPrivateCallStackLengthPerCall = 5
    public static let maxPrivateCallStackLengthPerTx = 8
    public static let maxPrivateLogsPerCall = 16
    public static let maxPrivateLogsPerTx = 32
    public static let maxPublicCallsToUniqueContractClassIds = 21
    public static let maxPublicDataReadsPerCall = 64
    public static let maxPublicDataReadsPerTx = 64
    public static let maxPublicDataUpdateRequestsPerCall = 63
    public static let maxPublicDataUpdateRequestsPerTx = 63
    public static let maxPublicLogsPerCall = 4
    public static let maxPublicLogsPerTx = 8
    public static let maxTotalPublicDataUpdateRequestsPerTx = 64
    public static let protocolPublicDataUpdateRequestsPerTx = 1
}
