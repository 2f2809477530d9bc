import Bytes
import Field
public import Protocol

/// An item of a configured allow list that is none.
public struct SetupAllowListError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String

    init(_ item: Substring, _ reason: String) { description = "setup allow list: «\(item.prefix(200))»: \(reason)" }
}

extension SetupAllowList {
    /// The list as TX_PUBLIC_SETUP_ALLOWLIST gives it: `I:<address>[:<selector>]` and `C:<class id>[:<selector>]`,
    /// comma separated («note 07 §14»). Empty text is the empty list, which allows nothing. Read as the reference does:
    /// kinds other than I and C are passed over (with a well-formed selector only), and so is what follows a third colon.
    public init(parsing text: some StringProtocol) throws(SetupAllowListError) {
        self.init([])
        guard !text.isEmpty else { return }
        for item in String(text).split(separator: ",", omittingEmptySubsequences: false) {
            if let entry = try Self.entry(item) { entries.append(entry) }
        }
    }

    private static func entry(_ item: Substring) throws(SetupAllowListError) -> Entry? {
        let parts = item.split(separator: ":", omittingEmptySubsequences: false)
        let selector = parts.count > 2 ? try selector(parts[2], item) : nil
        guard parts[0] == "I" || parts[0] == "C" else { return nil }
        guard parts.count > 1 else { throw SetupAllowListError(item, "it names no contract") }
        if parts[0] == "I" {
            guard let address = AztecAddress(hex: String(parts[1])) else {
                throw SetupAllowListError(item, "an address is 64 hexadecimal digits below the field's modulus")
            }
            return selector.map { .function(address, $0) } ?? .contract(address)
        }
        guard let id = FieldText.parseHex(String(parts[1])).flatMap({ Fr(canonical: $0) }) else {
            throw SetupAllowListError(item, "a class id is a hexadecimal number below the field's modulus")
        }
        return selector.map { .classFunction(id, $0) } ?? .contractClass(id)
    }

    private static func selector(_ text: Substring, _ item: Substring) throws(SetupAllowListError) -> FunctionSelector {
        guard let bytes = Hex.decode(text), bytes.count == 4 else { throw SetupAllowListError(item, "a selector is 8 hexadecimal digits") }
        return FunctionSelector(bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    public init(elements: [AllowedElement]) {
        self.init(elements.map { element in
            switch (element.target, element.selector) {
            case (.address(let address), nil): .contract(address)
            case (.address(let address), let selector?): .function(address, selector)
            case (.classId(let id), nil): .contractClass(id)
            case (.classId(let id), let selector?): .classFunction(id, selector)
            }
        })
    }

    /// The form that `init(parsing:)` reads.
    public var text: String {
        entries.map { entry in
            switch entry {
            case .contract(let address): "I:\(address.hex)"
            case .function(let address, let selector): "I:\(address.hex):\(selector.hex)"
            case .contractClass(let id): "C:\(id.hex)"
            case .classFunction(let id, let selector): "C:\(id.hex):\(selector.hex)"
            }
        }.joined(separator: ",")
    }
}
