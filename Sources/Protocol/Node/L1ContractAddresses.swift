public import JSON

/// The contracts of a rollup on L1.
public struct L1ContractAddresses: Hashable, Sendable {
    public var rollupAddress: EthAddress
    public var registryAddress: EthAddress
    public var inboxAddress: EthAddress
    public var outboxAddress: EthAddress
    public var feeJuiceAddress: EthAddress
    public var feeJuicePortalAddress: EthAddress
    public var coinIssuerAddress: EthAddress
    public var rewardDistributorAddress: EthAddress
    public var governanceProposerAddress: EthAddress
    public var governanceAddress: EthAddress
    public var stakingAssetAddress: EthAddress
    public var slashFactoryAddress: EthAddress?
    public var feeAssetHandlerAddress: EthAddress?
    public var stakingAssetHandlerAddress: EthAddress?

    /// All required addresses zero.
    public init() {
        rollupAddress = .zero
        registryAddress = .zero
        inboxAddress = .zero
        outboxAddress = .zero
        feeJuiceAddress = .zero
        feeJuicePortalAddress = .zero
        coinIssuerAddress = .zero
        rewardDistributorAddress = .zero
        governanceProposerAddress = .zero
        governanceAddress = .zero
        stakingAssetAddress = .zero
    }

    /// Member names with their places, in the order the reference prints them.
    static var required: [(name: String, path: WritableKeyPath<L1ContractAddresses, EthAddress>)] { [
        ("rollupAddress", \.rollupAddress), ("registryAddress", \.registryAddress), ("inboxAddress", \.inboxAddress),
        ("outboxAddress", \.outboxAddress), ("feeJuiceAddress", \.feeJuiceAddress), ("feeJuicePortalAddress", \.feeJuicePortalAddress),
        ("coinIssuerAddress", \.coinIssuerAddress), ("rewardDistributorAddress", \.rewardDistributorAddress),
        ("governanceProposerAddress", \.governanceProposerAddress), ("governanceAddress", \.governanceAddress),
        ("stakingAssetAddress", \.stakingAssetAddress),
    ] }

    static var optional: [(name: String, path: WritableKeyPath<L1ContractAddresses, EthAddress?>)] { [
        ("slashFactoryAddress", \.slashFactoryAddress), ("feeAssetHandlerAddress", \.feeAssetHandlerAddress),
        ("stakingAssetHandlerAddress", \.stakingAssetHandlerAddress),
    ] }
}

extension L1ContractAddresses: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, path) in Self.required { writer.member(name, self[keyPath: path]) }
        for (name, path) in Self.optional { writer.member(name, ifPresent: self[keyPath: path]) }
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        self.init()
        for (name, path) in Self.required { self[keyPath: path] = try json.decode(name) }
        for (name, path) in Self.optional { self[keyPath: path] = try json.decodeIfPresent(name) }
    }
}
