public import Field

/// First fields of the logs that carry contract events (note 01 §9.6). All but the last are siloed with the address
/// of the contract that emits them, so nobody else can.
public enum ContractEventTags {
    public static let classRegistered = ProtocolConstants.constant("20cd27645f65c15a38720ca984aef936592f3938a705db706d068ad13fc58ae9")
    public static let privateFunctionBroadcasted = ProtocolConstants.constant("0abf338154e355442d9916d630da0491036d5a7b23c42b477c1395ba3bf9b42d")
    public static let utilityFunctionBroadcasted = ProtocolConstants.constant("27774539896271d6dbe0c1de45ddc44709d1e8d9a9fb686ca3c105d87c417bb8")
    public static let instanceDeployed = ProtocolConstants.constant("2ec28b91a5f838506d6042915005ff55cf7a0a5f889a83b11faed33a31b486f2")
    /// Not siloed: the address of the log has to be the instance deployer's.
    public static let instanceUpdated = ProtocolConstants.deployerContractInstanceUpdatedMagicValue
}
