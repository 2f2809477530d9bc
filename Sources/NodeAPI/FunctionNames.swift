import Hashing
import Protocol
import Synchronization

/// Names that callers gave to function selectors; they show in the revert reasons of simulations. In this process only, as
/// the reference keeps them in memory; whatever the contract, a selector has the last name given.
final class FunctionNames: Sendable {
    private static let limit = 16_384
    private static let nameLimit = 256

    private let names = Mutex<[UInt32: String]>([:])

    /// Signatures that cannot be read are passed over.
    func register(_ signatures: [String]) {
        for signature in signatures {
            guard let selector = ContractDerivations.selector(signature: signature) else { continue }
            // Where there is no parenthesis the reference cuts off the last character.
            let end = signature.firstIndex(of: "(") ?? signature.index(signature.endIndex, offsetBy: signature.isEmpty ? 0 : -1)
            let name = String(signature[..<end].prefix(Self.nameLimit))
            names.withLock { names in
                if names.count < Self.limit || names[selector] != nil { names[selector] = name }
            }
        }
    }

    /// Functions that go by their selector get their names.
    func named(_ error: SimulationError) -> SimulationError {
        var error = error
        names.withLock { names in
            for index in error.functionErrorStack.indices {
                guard let shown = error.functionErrorStack[index].functionName, shown.count == 10, shown.hasPrefix("0x"),
                    let selector = UInt32(shown.dropFirst(2), radix: 16), let name = names[selector]
                else { continue }
                error.functionErrorStack[index].functionName = name
            }
        }
        return error
    }
}
