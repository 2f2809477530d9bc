package import Field
import Storage

/// Forms of the stored records. Decoders take nothing on trust: a wrong length, a field element that is not
/// canonical or an impossible index gives nil, and the caller names the record.
package enum RecordCodec {
    // MARK: Fields

    @inline(__always)
    static func append(_ value: Limbs4, to out: inout [UInt8]) {
        append(value.l3, to: &out)
        append(value.l2, to: &out)
        append(value.l1, to: &out)
        append(value.l0, to: &out)
    }

    @inline(__always)
    static func append(_ value: UInt64, to out: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { out.append(contentsOf: $0) }
    }

    static func append40(_ value: UInt64, to out: inout [UInt8]) {
        for byte in 0..<5 { out.append(UInt8(truncatingIfNeeded: value >> UInt64(32 - 8 * byte))) }
    }

    @inline(__always)
    static func word(_ bytes: Span<UInt8>, _ at: Int) -> UInt64 {
        var value: UInt64 = 0
        for offset in 0..<8 { value = value << 8 | UInt64(bytes[at + offset]) }
        return value
    }

    @inline(__always)
    static func limbs(_ bytes: Span<UInt8>, _ at: Int) -> Limbs4 {
        Limbs4(word(bytes, at + 24), word(bytes, at + 16), word(bytes, at + 8), word(bytes, at))
    }

    @inline(__always)
    static func field(_ bytes: Span<UInt8>, _ at: Int) -> Fr? { Fr(limbs(bytes, at)) }

    static func integer40(_ bytes: Span<UInt8>, _ at: Int) -> UInt64 {
        var value: UInt64 = 0
        for offset in 0..<5 { value = value << 8 | UInt64(bytes[at + offset]) }
        return value
    }

    static func integer32(_ bytes: Span<UInt8>, _ at: Int) -> UInt32 {
        var value: UInt32 = 0
        for offset in 0..<4 { value = value << 8 | UInt32(bytes[at + offset]) }
        return value
    }

    // MARK: Node pages

    /// A page's 14 nodes at `nodes[at…]`; those equal to the empty page's are left out.
    package static func encodePage(_ nodes: [Fr], at start: Int, group: Int, into out: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        let empty = NodePage.empty[group]
        var bitmap: UInt16 = 0
        for place in 0..<NodePage.nodeCount where nodes[start + place] != empty[place] { bitmap |= 1 << UInt16(place) }
        out.append(UInt8(truncatingIfNeeded: bitmap >> 8))
        out.append(UInt8(truncatingIfNeeded: bitmap))
        for place in 0..<NodePage.nodeCount where bitmap >> UInt16(place) & 1 == 1 { append(nodes[start + place].integer, to: &out) }
    }

    /// Overwrites the nodes the record holds; the others stay as the caller set them.
    package static func decodePage(_ bytes: Span<UInt8>, into nodes: inout [Fr], at start: Int) -> Bool {
        guard bytes.count >= 2 else { return false }
        let bitmap = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        guard bitmap >> UInt16(NodePage.nodeCount) == 0, bytes.count == 2 + 32 * bitmap.nonzeroBitCount else { return false }
        var at = 2
        for place in 0..<NodePage.nodeCount where bitmap >> UInt16(place) & 1 == 1 {
            guard let node = field(bytes, at) else { return false }
            nodes[start + place] = node
            at += 32
        }
        return true
    }

    // MARK: Leaves

    package static func encodeLeaf(_ record: LeafRecord, tree: TreeID, into out: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        append40(record.index, to: &out)
        append40(record.nextIndex, to: &out)
        append(record.nextKey, to: &out)
        if tree == .publicData { append(record.value.integer, to: &out) }
    }

    package static func decodeLeaf(_ bytes: Span<UInt8>, tree: TreeID) -> LeafRecord? {
        guard bytes.count == (tree == .publicData ? 74 : 42) else { return nil }
        let nextKey = limbs(bytes, 10)
        guard nextKey < Fr.modulus else { return nil }
        var value = Fr.zero
        if tree == .publicData {
            guard let stored = field(bytes, 42) else { return nil }
            value = stored
        }
        return LeafRecord(index: integer40(bytes, 0), value: value, nextIndex: integer40(bytes, 5), nextKey: nextKey)
    }

    package static func decodeAppendIndex(_ bytes: Span<UInt8>) -> UInt64? { bytes.count == 5 ? integer40(bytes, 0) : nil }

    // MARK: Keys of leaves, eight a page

    /// Nil stands for padding.
    package static func encodeLeafKeys(_ keys: [Limbs4?], into out: inout [UInt8]) {
        out.removeAll(keepingCapacity: true)
        var bitmap: UInt8 = 0
        for (place, key) in keys.enumerated() where key != nil { bitmap |= 1 << UInt8(place) }
        out.append(bitmap)
        for case let key? in keys { append(key, to: &out) }
    }

    package static func decodeLeafKeys(_ bytes: Span<UInt8>) -> [Limbs4?]? {
        guard let bitmap = bytes.isEmpty ? nil : bytes[0], bytes.count == 1 + 32 * bitmap.nonzeroBitCount else { return nil }
        var keys = [Limbs4?](repeating: nil, count: 8)
        var at = 1
        for place in 0..<8 where bitmap >> UInt8(place) & 1 == 1 {
            let key = limbs(bytes, at)
            guard key < Fr.modulus else { return nil }
            keys[place] = key
            at += 32
        }
        return keys
    }

    // MARK: Journal: ascending leaf indices as differences of 7 bits a byte, then the keys

    package static func encodeJournal(_ leaves: [Journal.Leaf], into out: inout [UInt8]) {
        appendVariable(UInt64(leaves.count), to: &out)
        var last: UInt64 = 0
        for leaf in leaves {
            appendVariable(leaf.index - last, to: &out)
            last = leaf.index
        }
        for leaf in leaves { append(leaf.key, to: &out) }
    }

    package static func decodeJournal(_ bytes: Span<UInt8>, _ at: inout Int) -> [Journal.Leaf]? {
        guard let count = variable(bytes, &at), count <= UInt64(bytes.count - at) / 33 else { return nil }
        var leaves: [Journal.Leaf] = []
        leaves.reserveCapacity(Int(count))
        var last: UInt64 = 0
        for _ in 0..<count {
            guard let step = variable(bytes, &at), step < 1 << 40 else { return nil }
            last += step
            guard last < 1 << 40 else { return nil }
            leaves.append(Journal.Leaf(index: last, key: .zero))
        }
        guard bytes.count - at >= 32 * leaves.count else { return nil }
        for place in leaves.indices {
            leaves[place].key = limbs(bytes, at)
            at += 32
        }
        return leaves
    }

    private static func appendVariable(_ value: UInt64, to out: inout [UInt8]) {
        var value = value
        while value >= 0x80 {
            out.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        out.append(UInt8(value))
    }

    private static func variable(_ bytes: Span<UInt8>, _ at: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            guard at < bytes.count else { return nil }
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
