/// The five trees («note 04 §1»); raw values are the ids of the RPC and of the recorded data.
public enum TreeID: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    case nullifier = 0
    case noteHash = 1
    case publicData = 2
    case l1ToL2Message = 3
    case archive = 4

    public var height: Int {
        switch self {
        case .nullifier, .noteHash, .publicData: 40
        case .l1ToL2Message: 39
        case .archive: 29
        }
    }

    /// Indexed trees link their leaves in key order; the others append raw leaves.
    public var isIndexed: Bool { self == .nullifier || self == .publicData }

    /// Whether a key that is present may get another value.
    var isUpdatable: Bool { self == .publicData }

    public var capacity: UInt64 { 1 << UInt64(height) }

    /// The reference's name, as its messages use it.
    public var description: String {
        switch self {
        case .nullifier: "NullifierTree"
        case .noteHash: "NoteHashTree"
        case .publicData: "PublicDataTree"
        case .l1ToL2Message: "L1ToL2MessageTree"
        case .archive: "ArchiveTree"
        }
    }
}
