/// A parsed option value.
public enum OptionValue: Equatable, Sendable {
    /// Not set (the reference's `undefined`).
    case absent
    case text(String)
    /// JavaScript number, NaN included.
    case number(Double)
    /// Integer of any size, as decimal digits with optional minus.
    case big(String)
    case flag(Bool)
    indirect case list([OptionValue])
    indirect case record([String: OptionValue])

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
    public var number: Double? { if case .number(let number) = self { number } else { nil } }
    public var int: Int? {
        switch self {
        case .number(let number): Int(exactly: number)
        case .big(let digits): Int(digits)
        default: nil
        }
    }

    public var list: [OptionValue]? { if case .list(let list) = self { list } else { nil } }
    public var texts: [String] { list?.compactMap(\.text) ?? [] }
    public var isAbsent: Bool { self == .absent }
}
