public import Field

/// Domain separators of Poseidon2 hashes («note 01 §6»). 35–40 and 42 are unassigned.
public enum GeneratorIndex: UInt32, CaseIterable, Sendable {
    case noteHash = 1
    case noteHashNonce = 2
    case uniqueNoteHash = 3
    case siloedNoteHash = 4
    case messageNullifier = 5
    case initializationNullifier = 6
    case outerNullifier = 7
    case publicDataRead = 8
    case publicDataUpdateRequest = 9
    case functionData = 10
    case functionLeaf = 11
    case contractDeploymentData = 12
    case constructor = 13
    case constructorArgs = 14
    case contractAddressV1 = 15
    case contractLeaf = 16
    case callContext = 17
    case callStackItem = 18
    case callStackItem2 = 19
    case secretHash = 20
    case l2ToL1Msg = 21
    case txContext = 22
    case publicLeafIndex = 23
    case publicDataLeaf = 24
    case signedTxRequest = 25
    case globalVariables = 26
    case partialAddress = 27
    case blockHash = 28
    case sideEffect = 29
    case feePayload = 30
    case combinedPayload = 31
    case txNullifier = 32
    case txRequest = 33
    case signaturePayload = 34
    case vk = 41
    case publicCalldata = 43
    case functionArgs = 44
    case authwitInner = 45
    case authwitOuter = 46
    case authwitNullifier = 47
    case nskM = 48
    case ivskM = 49
    case ovskM = 50
    case tskM = 51
    case publicKeysHash = 52
    case noteNullifier = 53
    case symmetricKey = 54
    case symmetricKey2 = 55
    case publicTxHash = 56
    case privateTxHash = 57
    case partialNoteValidityCommitment = 58

    public var field: Fr { Fr(UInt64(rawValue)) }
}
