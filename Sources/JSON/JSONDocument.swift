import CSimdjson

/// A parsed JSON text: simdjson's tape (one or two words a value) and its string area, kept until the last element
/// that looks into it is gone. Immutable, so it may be shared between threads.
public final class JSONDocument: @unchecked Sendable {
    /// Nesting beyond this is refused.
    public static let defaultMaximumDepth = 1024
    /// Texts larger than this are refused before anything is allocated.
    public static let defaultMaximumBytes = 1 << 30

    let handle: OpaquePointer
    let tape: UnsafePointer<UInt64>
    let strings: UnsafePointer<UInt8>

    init(handle: OpaquePointer) {
        self.handle = handle
        tape = quetzal_json_tape(handle)
        strings = quetzal_json_strings(handle)
    }

    deinit { quetzal_json_free(handle) }

    /// The outermost value.
    public var root: JSONElement { JSONElement(document: self, index: 1) }

    /// Parses one JSON value with nothing but blanks around it.
    public static func parse(
        _ bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth, maximumBytes: Int = defaultMaximumBytes
    ) throws(JSONError) -> JSONDocument {
        guard bytes.count <= maximumBytes else {
            throw JSONError("text of \(bytes.count) bytes is larger than \(maximumBytes)")
        }
        switch attempt(bytes, maximumDepth) {
        case .success(let document): return document
        case .failure(let refusal):
            // Integers beyond 64 bits are legal JSON; the tape has no form for them, a double has (as in JavaScript).
            if refusal.code == QUETZAL_JSON_NUMBER, let rewritten = rewritingWideIntegers(bytes),
               case .success(let document) = attempt(rewritten, maximumDepth) {
                return document
            }
            throw JSONError(refusal.message)
        }
    }

    public static func parse(_ text: String) throws(JSONError) -> JSONDocument { try parse(Array(text.utf8)) }

    public static func parse(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> JSONDocument { try parse(Array(bytes)) }

    private struct Refusal: Error {
        var code: Int
        var message: String
    }

    private static func attempt(_ bytes: [UInt8], _ maximumDepth: Int) -> Result<JSONDocument, Refusal> {
        var handle: OpaquePointer?
        var message: UnsafePointer<CChar>?
        let code = bytes.withUnsafeBufferPointer {
            quetzal_json_parse($0.baseAddress, $0.count, maximumDepth, &handle, &message)
        }
        guard code == QUETZAL_JSON_OK, let handle else {
            return .failure(Refusal(code: Int(code), message: message.map { String(cString: $0) } ?? "not JSON"))
        }
        return .success(JSONDocument(handle: handle))
    }

    /// The text with `.0` behind every integer of 19 digits or more outside strings; nil when there is none.
    private static func rewritingWideIntegers(_ bytes: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var changed = false
        var inString = false
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            if inString {
                output.append(byte)
                if byte == UInt8(ascii: "\\"), at + 1 < bytes.count {
                    at += 1
                    output.append(bytes[at])
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                at += 1
            } else if byte == UInt8(ascii: "-") || isDigit(byte) {
                let start = at
                at += 1
                while at < bytes.count, isDigit(bytes[at]) { at += 1 }
                output.append(contentsOf: bytes[start..<at])
                let follows = at < bytes.count ? bytes[at] : 0
                let isInteger = follows != UInt8(ascii: ".") && follows | 0x20 != UInt8(ascii: "e")
                if isInteger, at - start >= 19 {
                    output.append(contentsOf: [UInt8(ascii: "."), UInt8(ascii: "0")])
                    changed = true
                } else if !isInteger {
                    while at < bytes.count, isDigit(bytes[at]) || bytes[at] | 0x20 == UInt8(ascii: "e") || [43, 45, 46].contains(bytes[at]) {
                        output.append(bytes[at])
                        at += 1
                    }
                }
            } else {
                inString = byte == UInt8(ascii: "\"")
                output.append(byte)
                at += 1
            }
        }
        return changed ? output : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
}
