// Gas limits and prices outside the AVM's instructions.
extension ProtocolConstants {
    public static let daBytesPerField = 32
    public static let daGasPerByte = 16
    public static let defaultGasLimit = 1_000_000_000
    public static let defaultTeardownGasLimit = 6_000_000
    public static let fixedAVMStartupL2Gas = 20_000
    public static let fixedDAGas = 512
    public static let fixedL2Gas = 512
    public static let l2GasDistributedStoragePremium = 1024
    public static let l2GasPerContractClassLog = 0
    public static let l2GasPerL1ToL2MessageReadRequest = 1404
    public static let l2GasPerL2ToL1Message = 200
    public static let l2GasPerLogByte = 4
    public static let l2GasPerNoteHash = 3904
    public static let l2GasPerNoteHashReadRequest = 1440
    public static let l2GasPerNullifier = 5344
    public static let l2GasPerNullifierReadRequest = 1440
    public static let l2GasPerPrivateLog = 0
    public static let l2GasPerPublicDataRead = 1440
    public static let l2GasPerPublicDataUpdate = 6784
    public static let l2GasPerReadMerkleHash = 36
    public static let l2GasPerWriteMerkleHash = 36
    public static let maxL2GasPerTxPublicPortion = 6_000_000
}
