// Heights, subtrees and ids of the merkle trees (note 01 §7).
extension ProtocolConstants {
    public static let archiveHeight = 29
    public static let archiveTreeID = 4
    public static let artifactFunctionTreeMaxHeight = 5
    public static let functionTreeHeight = 5
    public static let l1ToL2MessageTreeID = 3
    public static let l1ToL2MessageSubtreeHeight = 4
    public static let l1ToL2MessageSubtreeSiblingPathLength = 35
    public static let l1ToL2MessageTreeHeight = 39
    public static let noteHashSubtreeHeight = 6
    public static let noteHashSubtreeSiblingPathLength = 34
    public static let noteHashTreeHeight = 40
    public static let noteHashTreeID = 1
    public static let nullifierSubtreeHeight = 6
    public static let nullifierSubtreeSiblingPathLength = 34
    public static let nullifierTreeHeight = 40
    public static let nullifierTreeID = 0
    public static let protocolContractTreeHeight = 3
    public static let publicDataSubtreeHeight = 6
    public static let publicDataTreeHeight = 40
    public static let publicDataTreeID = 2
}
