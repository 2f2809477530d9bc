public import Bytes
public import Field

/// An item of a fixed-size array in kernel data: unused places hold `padding`, whose binary form is all zeros.
public protocol PaddedItem: Hashable, Sendable, BinaryCodable, FieldEncodable {
    static var padding: Self { get }
    static var byteCount: Int { get }
    static var fieldCount: Int { get }
    /// What the protocol treats as «no item here»; weaker than being `padding` for some types.
    var isEmpty: Bool { get }
}

/// A fixed-size array of kernel data without its trailing padding: a tx that emits three logs holds three, not 32.
/// Encodes to the full size.
public struct PaddedList<Item: PaddedItem>: Hashable, Sendable {
    public let capacity: Int
    /// Items up to the last one that is not padding; gaps inside stay.
    public private(set) var items: [Item]

    /// Items beyond `capacity` are the caller's error.
    public init(_ items: [Item] = [], capacity: Int) {
        precondition(items.count <= capacity, "\(items.count) items in a list of \(capacity)")
        self.capacity = capacity
        self.items = items
        trim()
    }

    init(from reader: inout ByteReader, capacity: Int, _ what: StaticString) throws(DecodingError) {
        self.capacity = capacity
        var ahead = reader
        let all = try ahead.read(capacity * Item.byteCount, what)
        // Trailing zeros are padding by definition: decode only up to the last byte that is set.
        let used = all.lastNonZeroIndex.map { ($0 - all.startIndex) / Item.byteCount + 1 } ?? 0
        var items: [Item] = []
        items.reserveCapacity(used)
        for _ in 0..<used { items.append(try Item(from: &reader)) }
        try reader.skip((capacity - used) * Item.byteCount, what)
        self.items = items
        // A boolean byte above 1 reads as true, never as padding; other bytes are kept as they are.
        trim()
    }

    private mutating func trim() {
        while items.last == Item.padding { items.removeLast() }
    }

    public subscript(_ index: Int) -> Item {
        get {
            precondition(index < capacity)
            return index < items.count ? items[index] : .padding
        }
        set {
            precondition(index < capacity)
            while items.count <= index { items.append(.padding) }
            items[index] = newValue
            trim()
        }
    }

    /// Items that are not empty, in order.
    public var nonEmpty: [Item] { items.filter { !$0.isEmpty } }
    public var nonEmptyCount: Int { items.count { !$0.isEmpty } }
    public var isEmpty: Bool { items.allSatisfy(\.isEmpty) }

    /// How many items lead the list; nil when one that is not empty follows an empty one, which no kernel produces.
    public var leadingCount: Int? {
        let count = items.firstIndex(where: \.isEmpty) ?? items.count
        return items[count...].allSatisfy(\.isEmpty) ? count : nil
    }

    /// Serialized bytes of the items that are not empty (the reference's size estimates).
    public var nonEmptyByteCount: Int { nonEmptyCount * Item.byteCount }

    public func write(to writer: inout ByteWriter) {
        for item in items { item.write(to: &writer) }
        writer.writeZeros((capacity - items.count) * Item.byteCount)
    }

    public func append(to fields: inout [Fr]) {
        for item in items { item.append(to: &fields) }
        fields.append(contentsOf: repeatElement(.zero, count: (capacity - items.count) * Item.fieldCount))
    }
}

extension Fr: PaddedItem {
    public static var padding: Fr { .zero }
    public static var byteCount: Int { 32 }
    public static var fieldCount: Int { 1 }
    public var isEmpty: Bool { isZero }
}
