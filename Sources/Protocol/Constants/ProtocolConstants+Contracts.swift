public import Field

// Protocol contracts, contract events, updates and bytecode sizes (note 02 §10, note 01 §8.3).
extension ProtocolConstants {
    public static let canonicalAuthRegistryAddress = 1
    public static let defaultUpdateDelay = 3600
    public static let deployerContractAddress = 2
    public static let feeJuiceAddress = 5
    public static let feeJuiceBalancesSlot = 1
    public static let initializationSlotSeparator = 1_000_000_000
    public static let maxPackedBytecodeSizePerPrivateFunctionInFields = 3000
    public static let maxPackedBytecodeSizePerUtilityFunctionInFields = 3000
    public static let maxPackedPublicBytecodeSizeInFields = 3000
    public static let maxProtocolContracts = 7
    public static let maxPublicBytecodeSizeInBytes = 96_000
    public static let minimumUpdateDelay = 25
    public static let multiCallEntrypointAddress = 4
    public static let publicDispatchSelector = 3_578_010_381
    public static let registererContractAddress = 3
    public static let registererContractBytecodeCapsuleSlot = 79_025_834_455_612
    public static let registererPrivateFunctionBroadcastedAdditionalFields = 19
    public static let registererUtilityFunctionBroadcastedAdditionalFields = 12
    public static let routerAddress = 6
    public static let updatedClassIdsSlot = 1
    public static let updatesSharedMutableMetadataBitSize = 144
    public static let updatesSharedMutableSDCDelayBitSize = 32
    public static let updatesSharedMutableSDCIsSomeBitSize = 8
    public static let updatesSharedMutableSDCOptionDelayBitSize = 40
    public static let updatesSharedMutableValuesLength = 3
    public static let updatesValueSize = 1
    public static let deployerContractInstanceDeployedMagicValue = constant("85864497636cf755ae7bde03f267ce01a520981c21c3682aaf82a631")
    public static let deployerContractInstanceUpdatedMagicValue = constant("e92f9f8a534e858fcf777da206e08b0c620ecf9deb21d13479813f6")
    public static let registererContractClassRegisteredMagicValue = constant("6999d1e02b08a447a463563453cb36919c9dd7150336fc7c4d2b52f8")
    public static let registererPrivateFunctionBroadcastedMagicValue = constant("1b70e95fde0b70adc30496b90a327af6a5e383e028e7a43211a07bcd")
    public static let registererUtilityFunctionBroadcastedMagicValue = constant("e7af816635466f128568edb04c9fa024f6c87fb9010fdbffa68b3d99")
    public static let sponsoredFpcSalt = constant("0")
}
