/// Finds the first mistake of a JSON text and words it as the reference's runtime does, for parse errors.
struct JSONComplaint {
    private let bytes: [UInt8]
    private var at = 0
    private var complaint: String?

    /// nil when the text is JSON by the letter (what our parser refuses beyond that is nesting).
    static func find(in bytes: [UInt8]) -> String? {
        var scanner = JSONComplaint(bytes: bytes)
        scanner.skipBlanks()
        scanner.value(0)
        if scanner.complaint == nil {
            scanner.skipBlanks()
            if scanner.at < bytes.count { scanner.complain("Unexpected non-whitespace character after JSON") }
        }
        return scanner.complaint
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var current: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func complain(_ message: String) { if complaint == nil { complaint = "\(message) in JSON at position \(at)" } }

    private mutating func unexpected() {
        guard complaint == nil else { return }
        guard let byte = current else { return complaint = "Unexpected end of JSON input" }
        if byte == UInt8(ascii: "\"") { return complain("Unexpected string") }
        if byte &- 48 < 10 || byte == UInt8(ascii: "-") { return complain("Unexpected number") }
        var end = at + 1
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
        let token = String(decoding: bytes[at..<end], as: UTF8.self)
        let text = String(decoding: bytes, as: UTF8.self)
        if text.count <= 40 { return complaint = "Unexpected token '\(token)', \"\(text)\" is not valid JSON" }
        let from = max(0, at - 10), to = min(bytes.count, at + 10)
        let excerpt = String(decoding: bytes[from..<to], as: UTF8.self)
        complaint = "Unexpected token '\(token)', \(from > 0 ? "..." : "")\"\(excerpt)\"\(to < bytes.count ? "..." : "") is not valid JSON"
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 32 || byte == 9 || byte == 10 || byte == 13 { at += 1 }
    }

    private mutating func value(_ depth: Int) {
        guard depth < 2000 else { return at = bytes.count }
        switch current {
        case UInt8(ascii: "{"): object(depth)
        case UInt8(ascii: "["): array(depth)
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): literal("true")
        case UInt8(ascii: "f"): literal("false")
        case UInt8(ascii: "n"): literal("null")
        case let byte? where byte == UInt8(ascii: "-") || byte &- 48 < 10: number()
        default: unexpected()
        }
    }

    private mutating func literal(_ text: String) {
        for letter in text.utf8 {
            guard current == letter else { return unexpected() }
            at += 1
        }
    }

    private mutating func object(_ depth: Int) {
        at += 1
        skipBlanks()
        if current == UInt8(ascii: "}") { return at += 1 }
        guard current == UInt8(ascii: "\"") else { return complain("Expected property name or '}'") }
        while true {
            string()
            guard complaint == nil else { return }
            skipBlanks()
            guard current == UInt8(ascii: ":") else { return complain("Expected ':' after property name") }
            at += 1
            skipBlanks()
            value(depth + 1)
            guard complaint == nil else { return }
            skipBlanks()
            if current == UInt8(ascii: "}") { return at += 1 }
            guard current == UInt8(ascii: ",") else { return complain("Expected ',' or '}' after property value") }
            at += 1
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { return complain("Expected double-quoted property name") }
        }
    }

    private mutating func array(_ depth: Int) {
        at += 1
        skipBlanks()
        if current == UInt8(ascii: "]") { return at += 1 }
        while true {
            value(depth + 1)
            guard complaint == nil else { return }
            skipBlanks()
            if current == UInt8(ascii: "]") { return at += 1 }
            guard current == UInt8(ascii: ",") else { return complain("Expected ',' or ']' after array element") }
            at += 1
            skipBlanks()
        }
    }

    private mutating func string() {
        at += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""): return at += 1
            case 0..<32: return complain("Bad control character in string literal")
            case UInt8(ascii: "\\"):
                at += 1
                guard let escape = current else { return complain("Unterminated string") }
                if escape == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        at += 1
                        guard let digit = current, digit &- 48 < 10 || (digit | 32) &- 97 < 6 else { return complain("Bad Unicode escape") }
                    }
                } else if !"\"\\/bfnrt".utf8.contains(escape) {
                    return complain("Bad escaped character")
                }
                at += 1
            default: at += 1
            }
        }
        complain("Unterminated string")
    }

    private mutating func digits() -> Bool {
        let start = at
        while let byte = current, byte &- 48 < 10 { at += 1 }
        return at > start
    }

    private mutating func number() {
        if current == UInt8(ascii: "-") {
            at += 1
            guard let byte = current, byte &- 48 < 10 else { return complain("No number after minus sign") }
        }
        if current == 48 {
            at += 1
            if let byte = current, byte &- 48 < 10 { return complain("Unexpected number") }
        } else {
            _ = digits()
        }
        if current == UInt8(ascii: ".") {
            at += 1
            guard digits() else { return complain("Unterminated fractional number") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            at += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { at += 1 }
            guard digits() else { return complain("Exponent part is missing a number") }
        }
    }
}
