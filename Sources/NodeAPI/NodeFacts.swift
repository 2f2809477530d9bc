import Protocol

/// What the API says about network and node that does not change while it runs.
public struct NodeFacts: Sendable {
    /// Release of the reference whose behaviour this is.
    public static let nodeVersion = "0.87.7"

    public var nodeVersion = NodeFacts.nodeVersion
    public var l1ChainId: Int
    public var rollupVersion: Int
    public var l1Contracts: L1ContractAddresses
    /// `0x` + 64 digits.
    public var vkTreeRoot: String
    public var protocolContractTreeRoot: String
    public var schedule: EpochSchedule
    /// Page size of the log queries.
    public var maxLogs: Int

    public init(
        l1ChainId: Int, rollupVersion: Int, l1Contracts: L1ContractAddresses, vkTreeRoot: String, protocolContractTreeRoot: String,
        schedule: EpochSchedule, maxLogs: Int = 1000
    ) {
        self.l1ChainId = l1ChainId
        self.rollupVersion = rollupVersion
        self.l1Contracts = l1Contracts
        self.vkTreeRoot = vkTreeRoot
        self.protocolContractTreeRoot = protocolContractTreeRoot
        self.schedule = schedule
        self.maxLogs = maxLogs
    }

    /// Headers of every answer of both ports.
    public var versionHeaders: [(name: String, value: String)] {
        ComponentVersions(
            l1ChainId: l1ChainId, l1RollupAddress: l1Contracts.rollupAddress, rollupVersion: rollupVersion,
            l2ProtocolContractsTreeRoot: protocolContractTreeRoot, l2CircuitsVkTreeRoot: vkTreeRoot
        ).headers.map { ("x-aztec-" + $0.name, $0.value) }
    }
}
