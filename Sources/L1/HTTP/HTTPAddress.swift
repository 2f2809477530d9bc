/// An http(s) address that may carry credentials (user part, path key, query key). Printing it never shows them.
public struct HTTPAddress: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The whole address, secrets included: for the wire only.
    let text: String
    /// Scheme, host, port.
    public let origin: String
    /// What may be printed: origin, plus the path segments that cannot be keys.
    public let description: String

    public var debugDescription: String { description }
    public var isSecure: Bool { text.hasPrefix("https://") }
    /// On this machine, where no TLS is needed.
    public var isLocal: Bool { ["://localhost", "://127.", "://[::1]"].contains { origin.contains($0) } }

    /// nil when it is not `http://host…` or `https://host…`. Trailing slashes are dropped.
    public init?(_ address: String) {
        var text = address
        while text.hasSuffix("/") { text.removeLast() }
        guard let schemeEnd = text.firstRange(of: "://"), !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else { return nil }
        let scheme = text[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard !host.isEmpty, host.first != ":" else { return nil }
        self.text = scheme + "://" + rest
        origin = scheme + "://" + host
        description = origin + Self.printablePath(rest[authorityEnd...])
    }

    /// The address with `path` (and perhaps a query) behind it. A query already there stays last.
    public func appending(_ path: String, query: [(name: String, value: String)] = []) -> HTTPAddress {
        let mark = text.firstIndex(of: "?")
        var whole = String(text[..<(mark ?? text.endIndex)]) + path
        var parts = query.map { "\($0.name)=\(Self.escaped($0.value))" }
        if let mark { parts.append(String(text[text.index(after: mark)...])) }
        if !parts.isEmpty { whole += (whole.contains("?") ? "&" : "?") + parts.joined(separator: "&") }
        return HTTPAddress(whole: whole, origin: origin, description: description + (path.firstIndex(of: "?").map { String(path[..<$0]) } ?? path))
    }

    private init(whole: String, origin: String, description: String) {
        text = whole
        self.origin = origin
        self.description = description
    }

    static func escaped(_ value: String) -> String {
        var out = ""
        for byte in value.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = Array("0123456789ABCDEF")
                out += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return out
    }

    /// Providers put keys into the path (`/v3/KEY`, `/v2/KEY`, `/KEY/`): only short words are printed.
    static func printablePath(_ path: Substring) -> String {
        let end = path.firstIndex { $0 == "?" || $0 == "#" } ?? path.endIndex
        let segments = path[..<end].split(separator: "/", omittingEmptySubsequences: true)
        let shown = segments.map { segment in
            segment.utf8.count <= 12 && !(segment.utf8.count > 6 && segment.contains(where: \.isNumber)) ? String(segment) : "…"
        }
        return (shown.isEmpty ? "" : "/" + shown.joined(separator: "/")) + (end == path.endIndex ? "" : "?…")
    }
}
