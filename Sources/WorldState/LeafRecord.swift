public import Field

/// A leaf of an indexed tree without its key: where it is, what it holds and which leaf follows in key order.
/// Keys are plain integers here because they are compared far more often than hashed.
package struct LeafRecord: Equatable, Sendable {
    package var index: UInt64
    /// Public data only; zero in the nullifier tree.
    package var value: Fr
    package var nextIndex: UInt64
    package var nextKey: Limbs4

    package init(index: UInt64, value: Fr, nextIndex: UInt64, nextKey: Limbs4) {
        self.index = index
        self.value = value
        self.nextIndex = nextIndex
        self.nextKey = nextKey
    }
}

/// A leaf of an indexed tree as circuits and the RPC see it. An empty position has all zeros.
public struct LeafPreimage: Hashable, Sendable {
    /// Nullifier or leaf slot.
    public var key: Fr
    /// Value of the slot; zero in the nullifier tree.
    public var value: Fr
    public var nextIndex: UInt64
    public var nextKey: Fr

    public init(key: Fr, value: Fr = .zero, nextIndex: UInt64, nextKey: Fr) {
        self.key = key
        self.value = value
        self.nextIndex = nextIndex
        self.nextKey = nextKey
    }

    public static let empty = LeafPreimage(key: .zero, nextIndex: 0, nextKey: .zero)

    init(key: Limbs4, _ record: LeafRecord) {
        self.init(key: Fr(unchecked: key), value: record.value, nextIndex: record.nextIndex, nextKey: Fr(unchecked: record.nextKey))
    }
}

/// What is written to an indexed tree.
public struct LeafValue: Hashable, Sendable {
    public var key: Fr
    /// Ignored by the nullifier tree.
    public var value: Fr

    public init(key: Fr, value: Fr = .zero) {
        self.key = key
        self.value = value
    }

    public static let empty = LeafValue(key: .zero)

    /// Empty leaves are padding: never linked, hashed to zero («note 04 §1»).
    func isEmpty(in tree: TreeID) -> Bool { key.isZero && (tree == .nullifier || value.isZero) }
}

/// A leaf, its place and the siblings on the way to the root, leaf level first.
public struct LeafWitness: Hashable, Sendable {
    public var index: UInt64
    public var leaf: LeafPreimage
    public var path: [Fr]

    public init(index: UInt64, leaf: LeafPreimage, path: [Fr]) {
        self.index = index
        self.leaf = leaf
        self.path = path
    }

    /// The reference's filler where there is nothing to witness: empty leaf, index 0, a path of zeros.
    public static func filler(_ tree: TreeID) -> LeafWitness {
        LeafWitness(index: 0, leaf: .empty, path: [Fr](repeating: .zero, count: tree.height))
    }
}
