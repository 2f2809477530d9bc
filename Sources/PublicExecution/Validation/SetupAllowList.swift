public import Field
public import Protocol

/// The public calls a transaction may make in its setup phase, which is paid even when it fails («note 03 §16»).
public struct SetupAllowList: Hashable, Sendable {
    public enum Entry: Hashable, Sendable {
        case contract(AztecAddress)
        case function(AztecAddress, FunctionSelector)
        case contractClass(Fr)
        case classFunction(Fr, FunctionSelector)
    }

    /// Tried in order: an entry that does not match makes the next one look up the instance, which must exist then.
    public var entries: [Entry]

    public init(_ entries: [Entry]) { self.entries = entries }

    /// The token and the fee payment contract as compiled for this version.
    public static let tokenClass = Fr(hex: "0x04bc49f0673daeaf90a2800f1977e7a6926baa21f8f7788eeadb74f9e27424fb")!
    public static let feePaymentClass = Fr(hex: "0x24d75534f3753070880d4a52101b9ce6fd8f71a8112bf6ba5a01e8de9ab35820")!

    public static let `default` = SetupAllowList([
        .contract(ProtocolContracts.authRegistry), .contract(ProtocolContracts.feeJuice),
        .contractClass(tokenClass), .contractClass(feePaymentClass),
    ])

    enum Answer {
        case allowed
        case refused
        /// The contract had to be known and is not.
        case unknownContract
    }

    /// `currentClass`: the current class of the called contract, nil when it is unknown; asked at most once.
    func admits(
        _ contract: AztecAddress, _ selector: FunctionSelector, currentClass: () throws(StateUnavailable) -> Fr?
    ) throws(StateUnavailable) -> Answer {
        var known: Fr?
        for entry in entries {
            switch entry {
            case .contract(contract): return .allowed
            case .function(contract, selector): return .allowed
            default: break
            }
            if known == nil { known = try currentClass() }
            guard let current = known else { return .unknownContract }
            switch entry {
            case .contractClass(current): return .allowed
            case .classFunction(current, selector): return .allowed
            default: break
            }
        }
        return .refused
    }
}
