/// A value inside a `JSONDocument`: a place on the tape. Reading it decodes nothing but itself.
public struct JSONElement: Sendable {
    public enum Kind: Sendable { case object, array, string, number, bool, null }

    let document: JSONDocument
    let index: Int

    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    // Tape words: type letter in the top byte, payload below (simdjson's doc/tape.md).
    var word: UInt64 { document.tape[index] }
    var tag: UInt8 { UInt8(truncatingIfNeeded: word >> 56) }
    var payload: UInt64 { word & 0x00ff_ffff_ffff_ffff }

    static let object = UInt8(ascii: "{"), array = UInt8(ascii: "["), text = UInt8(ascii: "\"")
    static let signed = UInt8(ascii: "l"), unsigned = UInt8(ascii: "u"), floating = UInt8(ascii: "d")
    static let yes = UInt8(ascii: "t"), no = UInt8(ascii: "f"), nothing = UInt8(ascii: "n")

    /// Index of the value behind this one.
    var next: Int {
        switch tag {
        case Self.object, Self.array: Int(payload & 0xffff_ffff)
        case Self.signed, Self.unsigned, Self.floating: index + 2
        default: index + 1
        }
    }

    public var kind: Kind {
        switch tag {
        case Self.object: .object
        case Self.array: .array
        case Self.text: .string
        case Self.yes, Self.no: .bool
        case Self.nothing: .null
        default: .number
        }
    }

    public var isNull: Bool { tag == Self.nothing }
    public var isObject: Bool { tag == Self.object }
    public var isArray: Bool { tag == Self.array }
    public var isString: Bool { tag == Self.text }

    public var bool: Bool? {
        switch tag {
        case Self.yes: true
        case Self.no: false
        default: nil
        }
    }

    // MARK: Strings

    /// Bytes of a string value (escapes already resolved, valid UTF-8) without a copy.
    func withUTF8<T>(_ body: (UnsafeBufferPointer<UInt8>) -> T) -> T? {
        guard tag == Self.text else { return nil }
        let start = document.strings + Int(payload)
        let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return withExtendedLifetime(document) { body(UnsafeBufferPointer(start: start + 4, count: Int(count))) }
    }

    public var string: String? { withUTF8 { String(decoding: $0, as: UTF8.self) } }

    /// The string's bytes.
    public var utf8: [UInt8]? { withUTF8 { Array($0) } }

    /// Whether this is the string `text`, without making one.
    public func isString(_ text: StaticString) -> Bool {
        withUTF8 { bytes in
            bytes.count == text.utf8CodeUnitCount && bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: bytes.count))
        } ?? false
    }

    // MARK: Numbers

    /// The number when it is integral and fits; `1.0` and `1e3` count as integers, as in JavaScript.
    public var int: Int? {
        switch tag {
        case Self.signed: Int(Int64(bitPattern: document.tape[index + 1]))
        case Self.unsigned: Int(exactly: document.tape[index + 1])
        case Self.floating: double.flatMap { Int(exactly: $0) }
        default: nil
        }
    }

    public var uint64: UInt64? {
        switch tag {
        case Self.signed: UInt64(exactly: Int64(bitPattern: document.tape[index + 1]))
        case Self.unsigned: document.tape[index + 1]
        case Self.floating: double.flatMap { UInt64(exactly: $0) }
        default: nil
        }
    }

    /// Any number as JavaScript would hold it.
    public var double: Double? {
        switch tag {
        case Self.signed: Double(Int64(bitPattern: document.tape[index + 1]))
        case Self.unsigned: Double(document.tape[index + 1])
        case Self.floating: Double(bitPattern: document.tape[index + 1])
        default: nil
        }
    }

    // MARK: Containers

    /// Number of elements or members (a walk, except for small containers); 0 for scalars.
    public var count: Int {
        guard tag == Self.object || tag == Self.array else { return 0 }
        let counted = Int(payload >> 32)
        if counted < 0xff_ffff { return counted }
        return isObject ? members.reduce(0) { count, _ in count + 1 } : elements.count
    }

    /// Elements of an array in order; empty for anything else.
    public var elements: JSONArrayElements { JSONArrayElements(element: self) }

    /// Members of an object as written, in order; empty for anything else.
    public var members: JSONMembers { JSONMembers(element: self) }

    /// Member of an object; the last one when a key is repeated, as JavaScript reads it.
    public subscript(_ key: String) -> JSONElement? {
        guard tag == Self.object else { return nil }
        var key = key
        return key.withUTF8 { wanted in
            var found: JSONElement?
            var at = index + 1
            let end = next - 1
            while at < end {
                let name = JSONElement(document: document, index: at)
                let value = JSONElement(document: document, index: at + 1)
                if name.withUTF8({ $0.count == wanted.count && $0.elementsEqual(wanted) }) == true { found = value }
                at = value.next
            }
            return found
        }
    }

    /// Element of an array.
    public subscript(_ position: Int) -> JSONElement? {
        guard tag == Self.array, position >= 0 else { return nil }
        var iterator = elements.makeIterator()
        for _ in 0..<position where iterator.next() == nil { return nil }
        return iterator.next()
    }

    /// Where this value stands: `params[0].block`, found by walking down from the root.
    public var path: String {
        var at = document.root
        var path = ""
        descend: while at.index != index {
            if at.isObject {
                for (name, value) in at.members where value.index <= index && index < value.next {
                    path += path.isEmpty ? name : "." + name
                    at = value
                    continue descend
                }
            } else {
                for (position, value) in at.elements.enumerated() where value.index <= index && index < value.next {
                    path += "[\(position)]"
                    at = value
                    continue descend
                }
            }
            break
        }
        return path
    }
}

/// Elements of a JSON array.
public struct JSONArrayElements: Sequence, Sendable {
    let element: JSONElement

    public struct Iterator: IteratorProtocol {
        let document: JSONDocument
        var at: Int
        let end: Int

        public mutating func next() -> JSONElement? {
            guard at < end else { return nil }
            let value = JSONElement(document: document, index: at)
            at = value.next
            return value
        }
    }

    public func makeIterator() -> Iterator {
        let isArray = element.isArray
        return Iterator(document: element.document, at: element.index + 1, end: isArray ? element.next - 1 : 0)
    }

    public var underestimatedCount: Int { element.isArray ? Int(element.payload >> 32) : 0 }
    public var count: Int {
        guard element.isArray else { return 0 }
        let counted = Int(element.payload >> 32)
        return counted < 0xff_ffff ? counted : reduce(0) { count, _ in count + 1 }
    }
    public var first: JSONElement? { makeIteratorFirst() }
    public var isEmpty: Bool { first == nil }
    public subscript(_ position: Int) -> JSONElement {
        guard let found = element[position] else { preconditionFailure("JSON array has no element \(position)") }
        return found
    }

    private func makeIteratorFirst() -> JSONElement? {
        var iterator = makeIterator()
        return iterator.next()
    }
}

/// Members of a JSON object.
public struct JSONMembers: Sequence, Sendable {
    let element: JSONElement

    public struct Iterator: IteratorProtocol {
        let document: JSONDocument
        var at: Int
        let end: Int

        public mutating func next() -> (key: String, value: JSONElement)? {
            guard at < end else { return nil }
            let name = JSONElement(document: document, index: at)
            let value = JSONElement(document: document, index: at + 1)
            at = value.next
            return (name.string ?? "", value)
        }
    }

    public func makeIterator() -> Iterator {
        Iterator(document: element.document, at: element.index + 1, end: element.isObject ? element.next - 1 : 0)
    }

    public var underestimatedCount: Int { element.isObject ? Int(element.payload >> 32) : 0 }
    public var keys: [String] { map(\.key) }
}
