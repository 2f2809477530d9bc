/// A value in a log line's structured data.
public enum LogValue: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral
{
    case string(String)
    case integer(Int64)
    case unsigned(UInt64)
    case double(Double)
    case bool(Bool)

    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(_ value: some BinaryInteger) { self = .integer(Int64(clamping: value)) }
    public init(_ value: String) { self = .string(value) }

    func appendJSON(to out: inout [UInt8]) {
        switch self {
        case .string(let text): appendJSONString(text, to: &out)
        case .integer(let value): out.append(contentsOf: String(value).utf8)
        case .unsigned(let value): out.append(contentsOf: String(value).utf8)
        case .double(let value): out.append(contentsOf: (value.isFinite ? String(value) : "null").utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        }
    }
}

func appendJSONString(_ text: String, to out: inout [UInt8]) {
    out.append(0x22)
    for byte in text.utf8 {
        switch byte {
        case 0x22: out.append(contentsOf: [0x5c, 0x22])
        case 0x5c: out.append(contentsOf: [0x5c, 0x5c])
        case 0x0a: out.append(contentsOf: [0x5c, 0x6e])
        case 0x0d: out.append(contentsOf: [0x5c, 0x72])
        case 0x09: out.append(contentsOf: [0x5c, 0x74])
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            out.append(contentsOf: [0x5c, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        default: out.append(byte)
        }
    }
    out.append(0x22)
}
