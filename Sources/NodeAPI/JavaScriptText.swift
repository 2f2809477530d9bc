import JSON

extension JSONElement {
    /// The value inside a template literal: `${value}`.
    func javaScriptText(depth: Int = 0) -> String {
        switch kind {
        case .null: "null"
        case .bool: bool == true ? "true" : "false"
        case .number: JSONText.javaScript(double ?? 0)
        case .string: string ?? ""
        case .object: "[object Object]"
        case .array:
            depth > 16 ? "" : elements.map { $0.isNull ? "" : $0.javaScriptText(depth: depth + 1) }.joined(separator: ",")
        }
    }

    /// The kind as complaints of the reference's schema library name it.
    var schemaKind: String {
        switch kind {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .object: "object"
        case .array: "array"
        }
    }
}
