public import Field

// Blob capacity and the words that frame a tx effect (note 02 §13).
extension ProtocolConstants {
    public static let blobsPerBlock = 3
    public static let blobPublicInputs = 6
    public static let blobPublicInputsBytes = 112
    public static let contractClassLogsPrefix = 9
    public static let fieldsPerBlob = 4096
    public static let l2L1MessagesPrefix = 5
    public static let notesPrefix = 3
    public static let nullifiersPrefix = 4
    public static let privateLogsPrefix = 7
    public static let publicDataUpdateRequestsPrefix = 6
    public static let publicLogsPrefix = 8
    public static let revertCodePrefix = 1
    public static let spongeBlobLength = 11
    public static let txFeePrefix = 2
    public static let txStartPrefix = constant("74785f7374617274")
}
