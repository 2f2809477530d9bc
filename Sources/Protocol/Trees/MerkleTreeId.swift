public import JSON

/// The trees of the world state; a number in JSON.
public enum MerkleTreeId: Int, Hashable, Sendable, CaseIterable {
    case nullifier = 0
    case noteHash = 1
    case publicData = 2
    case l1ToL2Message = 3
    case archive = 4

    public var height: Int {
        switch self {
        case .nullifier: ProtocolConstants.nullifierTreeHeight
        case .noteHash: ProtocolConstants.noteHashTreeHeight
        case .publicData: ProtocolConstants.publicDataTreeHeight
        case .l1ToL2Message: ProtocolConstants.l1ToL2MessageTreeHeight
        case .archive: ProtocolConstants.archiveHeight
        }
    }
}

extension MerkleTreeId: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.value(rawValue) }

    public init(json: JSONElement) throws(JSONError) {
        guard let number = json.double, let value = Int(exactly: number), let id = MerkleTreeId(rawValue: value) else {
            throw JSONError("a tree is a number in 0…4", at: json)
        }
        self = id
    }
}
