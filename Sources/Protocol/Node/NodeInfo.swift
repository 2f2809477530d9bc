public import JSON

/// The answer of `node_getNodeInfo`.
public struct NodeInfo: Hashable, Sendable {
    public var nodeVersion: String
    public var l1ChainId: Int
    public var rollupVersion: Int
    /// The node's record in the discovery network, when it takes part in one.
    public var enr: String?
    public var l1ContractAddresses: L1ContractAddresses
    public var protocolContractAddresses: ProtocolContractAddresses

    public init(
        nodeVersion: String, l1ChainId: Int, rollupVersion: Int, enr: String?, l1ContractAddresses: L1ContractAddresses,
        protocolContractAddresses: ProtocolContractAddresses
    ) {
        self.nodeVersion = nodeVersion
        self.l1ChainId = l1ChainId
        self.rollupVersion = rollupVersion
        self.enr = enr
        self.l1ContractAddresses = l1ContractAddresses
        self.protocolContractAddresses = protocolContractAddresses
    }
}

extension NodeInfo: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("nodeVersion", nodeVersion)
        writer.member("l1ChainId", l1ChainId)
        writer.member("rollupVersion", rollupVersion)
        writer.member("enr", ifPresent: enr)
        writer.member("l1ContractAddresses", l1ContractAddresses)
        writer.member("protocolContractAddresses", protocolContractAddresses)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        nodeVersion = try json.decode("nodeVersion")
        l1ChainId = try json.required("l1ChainId").plainNonNegative()
        rollupVersion = try json.required("rollupVersion").plainNonNegative()
        enr = try json.decodeIfPresent("enr")
        l1ContractAddresses = try json.decode("l1ContractAddresses")
        protocolContractAddresses = try json.decode("protocolContractAddresses")
    }
}
