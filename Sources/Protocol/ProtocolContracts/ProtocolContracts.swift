public import Field

/// The contracts that are part of the protocol, by address (note 01 §6).
public enum ProtocolContracts {
    public static let authRegistry = AztecAddress(UInt64(ProtocolConstants.canonicalAuthRegistryAddress))
    public static let instanceDeployer = AztecAddress(UInt64(ProtocolConstants.deployerContractAddress))
    public static let classRegisterer = AztecAddress(UInt64(ProtocolConstants.registererContractAddress))
    public static let multiCallEntrypoint = AztecAddress(UInt64(ProtocolConstants.multiCallEntrypointAddress))
    public static let feeJuice = AztecAddress(UInt64(ProtocolConstants.feeJuiceAddress))
    public static let router = AztecAddress(UInt64(ProtocolConstants.routerAddress))

    /// In order of address, which is also their order in the tree.
    public static let all: [ProtocolContract] = [
        .authRegistry, .contractInstanceDeployer, .contractClassRegisterer, .multiCallEntrypoint, .feeJuice, .router,
    ]

    public static func contract(at address: AztecAddress) -> ProtocolContract? {
        guard let number = address.field.uint64, number >= 1, number <= UInt64(all.count) else { return nil }
        return all[Int(number) - 1]
    }

    /// Root of the tree of circuits' verification keys, which txs and the rollup version commit to.
    public static let vkTreeRoot = ProtocolConstants.constant("2339da454741e2360c4e27c6f68767215a5b6ce150527d32d6b6c95aa92ec8c9")
    /// Root of the tree of protocol contracts (of their derived addresses), likewise.
    public static let treeRoot = ProtocolConstants.constant("2efd3fd6b542f09e9f76c84337f46370f67729ce54c815d35866b4cb2a267203")
}
