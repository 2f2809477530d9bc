public import Field
import Storage

/// Root and size of one tree.
public struct TreeSnapshot: Hashable, Sendable {
    public var root: Fr
    public var size: UInt64

    public init(root: Fr, size: UInt64) {
        self.root = root
        self.size = size
    }
}

/// The five trees after a block.
public struct WorldStateSnapshot: Hashable, Sendable {
    /// By the raw value of `TreeID`.
    var all: [5 of TreeSnapshot]

    init(_ of: (TreeID) -> TreeSnapshot) {
        all = [5 of TreeSnapshot] { of(TreeID(rawValue: UInt8($0))!) }
    }

    public static var zero: WorldStateSnapshot { WorldStateSnapshot { _ in TreeSnapshot(root: .zero, size: 0) } }

    public subscript(tree: TreeID) -> TreeSnapshot {
        get { all[Int(tree.rawValue)] }
        set { all[Int(tree.rawValue)] = newValue }
    }

    public static func == (a: WorldStateSnapshot, b: WorldStateSnapshot) -> Bool { TreeID.allCases.allSatisfy { a[$0] == b[$0] } }

    public func hash(into hasher: inout Hasher) { for tree in TreeID.allCases { hasher.combine(self[tree]) } }
}

extension WorldStateSnapshot {
    /// Leaves the trees gained since `earlier`. More than any block can hold means damage, not work to be done.
    func growth(of tree: TreeID, since earlier: WorldStateSnapshot) throws(WorldStateError) -> Range<UInt64> {
        let before = earlier[tree].size, after = self[tree].size
        guard before <= after, after - before <= 1 << 24 else { throw .corrupt("sizes of \(tree): \(before), then \(after)") }
        return before..<after
    }

    static let byteCount = 5 * 37

    package var encoded: [UInt8] {
        var out: [UInt8] = []
        for tree in TreeID.allCases {
            RecordCodec.append(self[tree].root.integer, to: &out)
            RecordCodec.append40(self[tree].size, to: &out)
        }
        return out
    }

    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var snapshots: [TreeSnapshot] = []
        for tree in TreeID.allCases {
            let at = 37 * Int(tree.rawValue)
            let size = RecordCodec.integer40(bytes, at + 32)
            guard let root = RecordCodec.field(bytes, at), size <= tree.capacity else { return nil }
            snapshots.append(TreeSnapshot(root: root, size: size))
        }
        self.init { snapshots[Int($0.rawValue)] }
    }

    var encodedSizes: [UInt8] {
        var out: [UInt8] = []
        for tree in TreeID.allCases { RecordCodec.append40(self[tree].size, to: &out) }
        return out
    }
}

/// How far the chain is («note 04 §6»).
public struct WorldStateStatus: Hashable, Sendable {
    /// The tip.
    public var latest: UInt32
    public var finalised: UInt32
    /// Oldest block that can be read, 0 before the first block. Genesis can always be read as well.
    public var oldest: UInt32

    public init(latest: UInt32, finalised: UInt32, oldest: UInt32) {
        self.latest = latest
        self.finalised = finalised
        self.oldest = oldest
    }
}

extension WorldStateStatus {
    package var encoded: [UInt8] {
        var key = KeyBuffer()
        key.append(latest)
        key.append(finalised)
        key.append(oldest)
        return key.array
    }

    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 12 else { return nil }
        self.init(latest: RecordCodec.integer32(bytes, 0), finalised: RecordCodec.integer32(bytes, 4), oldest: RecordCodec.integer32(bytes, 8))
        guard finalised <= latest, oldest <= max(latest, 1) else { return nil }
    }
}

extension Families {
    func status() throws(WorldStateError) -> WorldStateStatus? {
        let found = try storage { () throws(StorageError) in
            try KeyBuffer.heights.withSpan { (key) throws(StorageError) in try blocks.withValue(of: key) { WorldStateStatus($0) } }
        }
        guard let found else { return nil }
        guard let status = found else { throw .corrupt("heights") }
        return status
    }

    /// Roots and sizes after `block`; nil when it was never there, was unwound or pruned.
    func row(_ block: UInt32) throws(WorldStateError) -> WorldStateSnapshot? {
        let found = try storage { () throws(StorageError) in
            try KeyBuffer.block("r", block).withSpan { (key) throws(StorageError) in try blocks.withValue(of: key) { WorldStateSnapshot($0) } }
        }
        guard let found else { return nil }
        guard let row = found else { throw .corrupt("roots of block \(block)") }
        return row
    }

    /// Size of a tree after `block`, pruned or not.
    func size(_ tree: TreeID, after block: UInt32) throws(WorldStateError) -> UInt64? {
        let found = try storage { () throws(StorageError) in
            try KeyBuffer.block("s", block).withSpan { (key) throws(StorageError) in
                try blocks.withValue(of: key) { $0.count == 25 ? RecordCodec.integer40($0, 5 * Int(tree.rawValue)) : nil }
            }
        }
        guard let found else { return nil }
        guard let size = found else { throw .corrupt("sizes of block \(block)") }
        return size
    }

    /// The existing leaves that `block` rewrote.
    func journal(_ block: UInt32) throws(WorldStateError) -> Journal {
        let found: Journal?? = try storage { () throws(StorageError) in
            try KeyBuffer.block("j", block).withSpan { (key) throws(StorageError) in
                try blocks.withValue(of: key) { bytes -> Journal? in
                    var at = 0
                    guard let nullifier = RecordCodec.decodeJournal(bytes, &at), let publicData = RecordCodec.decodeJournal(bytes, &at),
                        at == bytes.count
                    else { return nil }
                    return Journal(nullifier: nullifier, publicData: publicData)
                }
            }
        }
        guard let journal = found ?? nil else { throw .corrupt("journal of block \(block)") }
        return journal
    }
}
