import Bytes

/// Writes compact JSON text the way `JSON.stringify` does. Commas are placed by the writer; a misplaced key or an
/// unbalanced bracket is the caller's error and is not checked.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var separate = false

    public init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    @inline(__always) private mutating func begin() {
        if separate { bytes.append(UInt8(ascii: ",")) }
        separate = true
    }

    public mutating func beginObject() {
        begin()
        bytes.append(UInt8(ascii: "{"))
        separate = false
    }

    public mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        separate = true
    }

    public mutating func beginArray() {
        begin()
        bytes.append(UInt8(ascii: "["))
        separate = false
    }

    public mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        separate = true
    }

    public mutating func key(_ name: String) {
        begin()
        JSONText.appendQuoted(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        separate = false
    }

    public mutating func value(_ text: String) {
        begin()
        JSONText.appendQuoted(text, to: &bytes)
    }

    public mutating func value(_ number: some FixedWidthInteger) {
        begin()
        JSONText.append(number, to: &bytes)
    }

    /// As JavaScript prints it; NaN and infinities become `null`.
    public mutating func value(_ number: Double) {
        begin()
        JSONText.append(number, to: &bytes)
    }

    public mutating func value(_ flag: Bool) {
        begin()
        bytes.append(contentsOf: flag ? "true".utf8 : "false".utf8)
    }

    public mutating func null() {
        begin()
        bytes.append(contentsOf: "null".utf8)
    }

    @_disfavoredOverload
    public mutating func value(_ value: some JSONEncodable) { value.write(to: &self) }

    public mutating func value(_ list: some Sequence<some JSONEncodable>) {
        beginArray()
        for element in list { element.write(to: &self) }
        endArray()
    }

    /// Copies a value out of a document (numbers are printed anew, as JavaScript would).
    public mutating func value(_ element: JSONElement) {
        switch element.kind {
        case .object:
            beginObject()
            for (name, member) in element.members {
                key(name)
                value(member)
            }
            endObject()
        case .array:
            beginArray()
            for entry in element.elements { value(entry) }
            endArray()
        case .string: value(element.string ?? "")
        case .number: value(element.double ?? 0)
        case .bool: value(element.bool ?? false)
        case .null: null()
        }
    }

    /// JSON text made elsewhere, taken as one value.
    public mutating func raw(_ text: some Sequence<UInt8>) {
        begin()
        bytes.append(contentsOf: text)
    }

    /// `"0x…"`, lower case.
    public mutating func hex(_ value: some Collection<UInt8>) {
        begin()
        bytes.append(contentsOf: "\"0x".utf8)
        JSONText.appendHex(value, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// `"0x…"` of 32 bytes given as four big-endian words: field elements are most of what the node prints.
    public mutating func hex(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        begin()
        func high(_ word: UInt64) -> UInt64 { JSONText.hexDigits(UInt32(truncatingIfNeeded: word >> 32)).bigEndian }
        func low(_ word: UInt64) -> UInt64 { JSONText.hexDigits(UInt32(truncatingIfNeeded: word)).bigEndian }
        let digits = (high(word0), low(word0), high(word1), low(word1), high(word2), low(word2), high(word3), low(word3))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: "0"))
        bytes.append(UInt8(ascii: "x"))
        withUnsafeBytes(of: digits) { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Padded base64 in quotes.
    public mutating func base64(_ value: some Collection<UInt8>) {
        begin()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: Base64.encode(value).utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The decimal text of a number, in quotes (how the reference prints bigints).
    public mutating func decimalText(_ number: some FixedWidthInteger) {
        begin()
        bytes.append(UInt8(ascii: "\""))
        JSONText.append(number, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONWriter {
    public mutating func member(_ name: String, _ text: String) { key(name); value(text) }
    public mutating func member(_ name: String, _ number: some FixedWidthInteger) { key(name); value(number) }
    public mutating func member(_ name: String, _ number: Double) { key(name); value(number) }
    public mutating func member(_ name: String, _ flag: Bool) { key(name); value(flag) }
    @_disfavoredOverload
    public mutating func member(_ name: String, _ encodable: some JSONEncodable) { key(name); value(encodable) }
    public mutating func member(_ name: String, _ list: some Sequence<some JSONEncodable>) { key(name); value(list) }
    /// Leaves the key out when the value is absent (the reference prints no `null` members).
    public mutating func member(_ name: String, ifPresent encodable: (some JSONEncodable)?) {
        if let encodable { member(name, encodable) }
    }
}
