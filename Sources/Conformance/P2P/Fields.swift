import Bytes
import ConformanceKit
import JSON

extension JSONElement {
    /// A member that must be there.
    func need(_ key: String) throws -> JSONElement {
        guard let member = self[key] else { throw Vectors.Failure("\(path): no member \(key)") }
        return member
    }

    func text(_ key: String) throws -> String {
        guard let text = try need(key).string else { throw Vectors.Failure("\(path).\(key): no text") }
        return text
    }

    /// Hex with or without 0x.
    func hex(_ key: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(try text(key)) else { throw Vectors.Failure("\(path).\(key): no hex") }
        return bytes
    }

    /// A member that records a refusal.
    var isRefusal: Bool { isObject && self["throws"] != nil }
}
