import Field

/// Nodes are stored in pages: a subtree of three levels, children of one node three levels up. A leaf update then
/// touches a third as many records as levels, and siblings always share a page, so a path costs one read a page.
///
/// Page `index` of `group` g holds, from `3g` upwards, the 8 nodes of level 3g at `8·index…`, the 4 above them and
/// the 2 above those, in this order. The topmost group of a tree may have fewer levels and uses the front of each
/// part. The node above a page is kept in its parent page; the tree's root is in the block row.
enum NodePage {
    static let levels = 3
    static let nodeCount = 14
    /// Where the nodes of the page's level 0, 1, 2 begin.
    @inline(__always)
    static func offset(ofLevel level: Int) -> Int { 16 - (16 >> level) }

    static func groupCount(height: Int) -> Int { (height + levels - 1) / levels }

    /// Levels of `group` in a tree of `height`.
    @inline(__always)
    static func levelCount(group: Int, height: Int) -> Int { min(levels, height - group * levels) }

    @inline(__always)
    static func id(group: Int, index: UInt64) -> UInt64 { UInt64(group) << 56 | index }

    @inline(__always)
    static func group(of id: UInt64) -> Int { Int(id >> 56) }

    @inline(__always)
    static func index(of id: UInt64) -> UInt64 { id & 0x00ff_ffff_ffff_ffff }

    /// Place in its page of node `index` of the page's level `level`.
    @inline(__always)
    static func position(level: Int, index: UInt64) -> Int { offset(ofLevel: level) + Int(index & (7 >> UInt64(level))) }

    /// The page of an empty subtree, for every group.
    static let empty: [[Fr]] = (0..<14).map { group in
        (0..<levels).flatMap { level in
            [Fr](repeating: EmptyTree.roots[min(group * levels + level, 40)], count: 8 >> level)
        }
    }
}
