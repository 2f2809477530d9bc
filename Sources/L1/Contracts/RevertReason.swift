import Bytes
import Protocol

/// Why a call reverted: its return data, decoded where it is a known error.
public struct RevertReason: Hashable, Sendable, CustomStringConvertible {
    public var data: [UInt8]
    public var error: ABIError?
    public var arguments: [ABIValue]

    /// Decodes against every known error.
    public init(data: [UInt8]) { self.init(data: data, known: ErrorCatalogue.everything) }

    /// Decodes against the language's errors and the given ones only.
    public init(data: [UInt8], errors: [ABIError]) { self.init(data: data, known: ErrorCatalogue.index(ErrorCatalogue.builtIn + errors)) }

    private init(data: [UInt8], known: [[UInt8]: ABIError]) {
        self.data = data
        arguments = []
        guard data.count >= 4, let error = known[Array(data.prefix(4))] else { return }
        guard let arguments = try? ABIDecoder.decode(data.dropFirst(4), as: error.inputs) else { return }
        self.error = error
        self.arguments = arguments
    }

    public var isEmpty: Bool { data.isEmpty }

    /// `Name(arg1, arg2)`, addresses with checksum; nil when the data is no known error.
    public var formatted: String? {
        guard let error else { return nil }
        return error.name + "(" + zip(arguments, error.inputs).map { Self.text($0, $1) }.joined(separator: ", ") + ")"
    }

    public var description: String { formatted ?? (data.isEmpty ? "no data" : "unknown error \(data.prefix(64).hex)") }

    static func text(_ value: ABIValue, _ type: ABIType) -> String {
        switch (value, type) {
        case (.integer(let number), .int): number.signedDescription
        case (.integer(let number), _): number.description
        case (.bool(let flag), _): "\(flag)"
        case (.bytes(let bytes), .address): EthAddress(bytes)?.checksummed ?? bytes.hex
        case (.bytes(let bytes), _): bytes.hex
        case (.string(let text), _): text
        case (.list(let values), .array(let element)), (.list(let values), .fixedArray(let element, _)):
            values.map { text($0, element) }.joined(separator: ",")
        case (.list(let values), .tuple(let members)): "(" + zip(values, members).map { text($0, $1) }.joined(separator: ",") + ")"
        case (.list(let values), _): "\(values.count) values"
        }
    }
}
