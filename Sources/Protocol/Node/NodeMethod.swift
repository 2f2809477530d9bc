/// A method of the node's JSON-RPC interface and how many parameters it declares, optional ones included.
public struct NodeMethod: Hashable, Sendable {
    /// Name with its namespace.
    public let name: String
    public let parameters: Int

    init(_ name: String, _ parameters: Int) {
        self.name = name
        self.parameters = parameters
    }

    /// The `node` namespace (note 08 §3.1).
    public static let node: [NodeMethod] = [
        NodeMethod("node_getL2Tips", 0), NodeMethod("node_getWorldStateSyncStatus", 0), NodeMethod("node_findLeavesIndexes", 3),
        NodeMethod("node_getNullifierSiblingPath", 2), NodeMethod("node_getNoteHashSiblingPath", 2),
        NodeMethod("node_getL1ToL2MessageMembershipWitness", 2), NodeMethod("node_isL1ToL2MessageSynced", 1),
        NodeMethod("node_getL2ToL1MessageMembershipWitness", 2), NodeMethod("node_getArchiveSiblingPath", 2),
        NodeMethod("node_getPublicDataSiblingPath", 2), NodeMethod("node_getNullifierMembershipWitness", 2),
        NodeMethod("node_getLowNullifierMembershipWitness", 2), NodeMethod("node_getPublicDataWitness", 2), NodeMethod("node_getBlock", 1),
        NodeMethod("node_getBlockNumber", 0), NodeMethod("node_getProvenBlockNumber", 0), NodeMethod("node_isReady", 0),
        NodeMethod("node_getNodeInfo", 0), NodeMethod("node_getBlocks", 2), NodeMethod("node_getPublishedBlocks", 2),
        NodeMethod("node_getCurrentBaseFees", 0), NodeMethod("node_getNodeVersion", 0), NodeMethod("node_getVersion", 0),
        NodeMethod("node_getChainId", 0), NodeMethod("node_getL1ContractAddresses", 0), NodeMethod("node_getProtocolContractAddresses", 0),
        NodeMethod("node_registerContractFunctionSignatures", 2), NodeMethod("node_getPrivateLogs", 2), NodeMethod("node_getPublicLogs", 1),
        NodeMethod("node_getContractClassLogs", 1), NodeMethod("node_getLogsByTags", 1), NodeMethod("node_sendTx", 1),
        NodeMethod("node_getTxReceipt", 1), NodeMethod("node_getTxEffect", 1), NodeMethod("node_getPendingTxs", 0),
        NodeMethod("node_getPendingTxCount", 0), NodeMethod("node_getTxByHash", 1), NodeMethod("node_getTxsByHash", 1),
        NodeMethod("node_getPublicStorageAt", 3), NodeMethod("node_getBlockHeader", 1), NodeMethod("node_getValidatorsStats", 0),
        NodeMethod("node_simulatePublicCalls", 2), NodeMethod("node_isValidTx", 2), NodeMethod("node_getContractClass", 1),
        NodeMethod("node_getContract", 1), NodeMethod("node_getEncodedEnr", 0),
    ]

    /// The `p2p` namespace.
    public static let p2p: [NodeMethod] = [
        NodeMethod("p2p_getAttestationsForSlot", 2), NodeMethod("p2p_getPendingTxs", 0), NodeMethod("p2p_getPendingTxCount", 0),
        NodeMethod("p2p_getEncodedEnr", 0), NodeMethod("p2p_getPeers", 1), NodeMethod("p2p_addAttestation", 1),
    ]
}
