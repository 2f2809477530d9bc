/// Ethereum's recursive length prefix encoding.
///
/// Reading refuses what has a shorter form, but for one thing: the peer network's reference writes the integer zero as the
/// byte 00, and some write request ids with leading zeros; `RLPReader.readUInt64` takes both («note 07 §10.3»).
public enum RLP {
    public indirect enum Item: Hashable, Sendable {
        case bytes([UInt8])
        case list([Item])
        /// Already encoded. Only for writing: `decode` gives none.
        case encoded([UInt8])

        /// Big-endian without leading zeros.
        public static func integer(_ value: UInt128) -> Item {
            .bytes((0..<16).map { UInt8(truncatingIfNeeded: value >> UInt128(120 - 8 * $0)) }.drop { $0 == 0 }.map { $0 })
        }

        /// A 32-byte number without leading zeros.
        public static func word(_ bytes: [UInt8]) -> Item { .bytes(Array(bytes.drop { $0 == 0 })) }
    }

    public static func encode(_ item: Item) -> [UInt8] {
        switch item {
        case .encoded(let bytes): return bytes
        case .bytes(let bytes):
            if bytes.count == 1, bytes[0] < 0x80 { return bytes }
            return header(bytes.count, short: 0x80) + bytes
        case .list(let items):
            let body = items.flatMap(encode)
            return header(body.count, short: 0xc0) + body
        }
    }

    /// What stands before a list whose items take `count` bytes.
    public static func listHeader(_ count: Int) -> [UInt8] { header(count, short: 0xc0) }

    private static func header(_ count: Int, short: UInt8) -> [UInt8] {
        if count < 56 { return [short + UInt8(count)] }
        var digits: [UInt8] = []
        var rest = count
        while rest > 0 {
            digits.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [short + 55 + UInt8(digits.count)] + digits
    }

    /// Reads all of `bytes` as one item. Lists deeper than `maximumDepth` or more than `maximumItems` items are refused.
    public static func decode(_ bytes: ArraySlice<UInt8>, maximumDepth: Int = 16, maximumItems: Int = 4096) throws(DecodingError) -> Item {
        var reader = RLPReader(bytes)
        var left = maximumItems
        let item = try tree(try reader.next("item"), depth: maximumDepth, left: &left)
        try reader.requireEnd("item")
        return item
    }

    private static func tree(_ element: RLPReader.Element, depth: Int, left: inout Int) throws(DecodingError) -> Item {
        left -= 1
        guard left >= 0 else { throw DecodingError("rlp: too many items") }
        switch element {
        case .bytes(let bytes): return .bytes(Array(bytes))
        case .list(let payload):
            guard depth > 0 else { throw DecodingError("rlp: lists nested too deep") }
            var reader = RLPReader(payload)
            var items: [Item] = []
            while !reader.isAtEnd { items.append(try tree(try reader.next("item"), depth: depth - 1, left: &left)) }
            return .list(items)
        }
    }
}

/// Walks the items of RLP data without copying them. Never looks inside a list unasked, so its work is bounded by what is read.
public struct RLPReader: Sendable {
    public enum Element: Sendable {
        case bytes(ArraySlice<UInt8>)
        /// The items of a list, encoded one after another.
        case list(ArraySlice<UInt8>)
    }

    private var reader: ByteReader

    /// Over the items in `bytes`: the payload of a list, or encoded data as a whole.
    public init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes) }

    public var isAtEnd: Bool { reader.isAtEnd }
    /// Bytes not read yet.
    public var rest: ArraySlice<UInt8> { reader.bytes[reader.position...] }
    public func failure(_ reason: String) -> DecodingError { reader.failure(reason) }
    public func requireEnd(_ what: StaticString) throws(DecodingError) { try reader.requireEnd(what) }

    public mutating func next(_ what: StaticString) throws(DecodingError) -> Element {
        let first = try reader.readUInt8(what)
        switch first {
        case ..<0x80: return .bytes(reader.bytes[(reader.position - 1)..<reader.position])
        case ..<0xb8:
            let bytes = try reader.read(Int(first - 0x80), what)
            if bytes.count == 1, bytes.first! < 0x80 { throw failure("\(what): a byte below 80 behind a length") }
            return .bytes(bytes)
        case ..<0xc0: return .bytes(try reader.read(try longLength(Int(first - 0xb7), what), what))
        case ..<0xf8: return .list(try reader.read(Int(first - 0xc0), what))
        default: return .list(try reader.read(try longLength(Int(first - 0xf7), what), what))
        }
    }

    private mutating func longLength(_ digits: Int, _ what: StaticString) throws(DecodingError) -> Int {
        var length = 0
        let bytes = try reader.read(digits, what)
        guard digits <= 4, bytes.first != 0 else { throw failure("\(what): a length of \(digits) digits, or one that begins with 0") }
        for byte in bytes { length = length << 8 | Int(byte) }
        guard length >= 56 else { throw failure("\(what): length \(length) in the long form") }
        return length
    }

    /// The next item with its header.
    public mutating func nextEncoded(_ what: StaticString) throws(DecodingError) -> ArraySlice<UInt8> {
        let start = reader.position
        _ = try next(what)
        return reader.bytes[start..<reader.position]
    }

    /// A byte string of at most `maximum` bytes.
    public mutating func readBytes(_ what: StaticString, maximum: Int = .max) throws(DecodingError) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = try next(what) else { throw failure("\(what): a list where bytes belong") }
        guard bytes.count <= maximum else { throw failure("\(what): \(bytes.count) bytes, at most \(maximum) are allowed") }
        return bytes
    }

    /// A reader over the items of a list.
    public mutating func readList(_ what: StaticString) throws(DecodingError) -> RLPReader {
        guard case .list(let payload) = try next(what) else { throw failure("\(what): bytes where a list belongs") }
        return RLPReader(payload)
    }

    /// Big-endian of at most 8 bytes. Leading zeros are accepted.
    public mutating func readUInt64(_ what: StaticString) throws(DecodingError) -> UInt64 {
        try readBytes(what, maximum: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
