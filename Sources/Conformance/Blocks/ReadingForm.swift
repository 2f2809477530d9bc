import Bytes
import JSON

/// Compares a block's JSON as recorded «for reading» with what the node writes: bytes may be hexadecimal where the
/// node has base64, and zeros at the end of lists are cut.
enum ReadingForm {
    struct Difference {
        var path: String
        var expected: String
        var got: String
    }

    /// Computed inside the reference's class; no part of the node's JSON.
    private static let derived: Set<String> = ["unsiloedFirstField"]

    static func difference(_ expected: JSONElement, _ got: JSONElement, path: String = "block") -> Difference? {
        if expected.isObject, got.isObject {
            for (key, value) in expected.members where !derived.contains(key) {
                guard let own = got[key] else { return Difference(path: path, expected: "member «\(key)»", got: "none") }
                if let found = difference(value, own, path: "\(path).\(key)") { return found }
            }
            for (key, _) in got.members where expected[key] == nil { return Difference(path: path, expected: "no member «\(key)»", got: "one") }
            return nil
        }
        if expected.isArray, got.isArray {
            let own = got.elements.map { $0 }
            guard own.count >= expected.count else { return Difference(path: path, expected: "\(expected.count) elements", got: "\(own.count)") }
            for (index, (value, element)) in zip(expected.elements, own).enumerated() {
                if let found = difference(value, element, path: "\(path)[\(index)]") { return found }
            }
            if let rest = own.dropFirst(expected.count).first(where: { !isZero($0) }) {
                return Difference(path: path, expected: "zeros after \(expected.count) elements", got: rest.string ?? "a value")
            }
            return nil
        }
        let (wanted, own) = (scalar(expected), scalar(got))
        if wanted == own { return nil }
        if let text = got.string, let wanted, wanted.hasPrefix("0x"), let bytes = Base64.decode(text), bytes.hex == wanted { return nil }
        return Difference(path: path, expected: wanted ?? "another kind", got: own ?? "another kind")
    }

    private static func scalar(_ element: JSONElement) -> String? {
        element.string ?? element.uint64.map(String.init) ?? element.bool.map { "\($0)" } ?? (element.isNull ? "null" : nil)
    }

    private static func isZero(_ element: JSONElement) -> Bool {
        if let text = element.string { return text.hasPrefix("0x") && text.dropFirst(2).allSatisfy { $0 == "0" } }
        return element.uint64 == 0
    }
}
