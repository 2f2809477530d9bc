// Sizes, tags and proof lengths of the AVM.
extension ProtocolConstants {
    public static let avmAccumulatedDataLength = 408
    public static let avmCircuitPublicInputsLength = 1034
    public static let avmMaxOperands = 8
    public static let avmNumberPublicInputColumns = 4
    public static let avmPcSizeInBits = 32
    public static let avmProofLengthInFields = 4154
    public static let avmPublicColumnMaxSize = 1024
    public static let avmPublicInputsColumnsCombinedLength = 2672
    public static let avmPublicInputsColumnsMaxLength = 668
    public static let avmV2ProofLengthInFieldsPadded = 20_000
    public static let avmV2PublicInputsFlattenedSize = 1
    public static let avmV2VerificationKeyLengthInFieldsPadded = 1000
    public static let avmVerificationKeyLengthInFields = 86
    public static let avmVKIndex = 5
    public static let memTagFf = 0
    public static let memTagU1 = 1
    public static let memTagU128 = 6
    public static let memTagU16 = 3
    public static let memTagU32 = 4
    public static let memTagU64 = 5
    public static let memTagU8 = 2
}
