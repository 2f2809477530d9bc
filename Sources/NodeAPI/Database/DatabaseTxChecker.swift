import Field
public import Protocol
public import PublicExecution
public import Storage

/// Validates transactions against the newest block of the chain database.
public struct DatabaseTxChecker: TxChecker {
    private let database: Database
    private let setupAllowList: SetupAllowList

    public init(_ database: Database, setupAllowList: SetupAllowList = .default) {
        self.database = database
        self.setupAllowList = setupAllowList
    }

    public func validate(_ tx: Tx, globals: GlobalVariables, enforcesFees: Bool) throws(RPCFailure) -> TxValidationResult {
        // Pinned to a block of its own, so it needs no standstill of the database; decoded classes are not kept.
        guard let next = globals.blockNumber.uint32, next > 0 else { throw .failed("\(globals.blockNumber) is no number of a next block") }
        do throws(StateUnavailable) {
            let state = try StoredBase(database, at: next - 1, classes: ClassCache(bytecodeBytes: 1 << 20))
            let validator = AcceptanceValidator(globals: globals, setupAllowList: setupAllowList, enforcesFees: enforcesFees)
            switch try validator.validate(tx, on: state) {
            case .valid: return .valid
            case .invalid(let reasons): return .invalid(reason: reasons.map(\.rawValue))
            case .skipped(let reasons): return .skipped(reason: reasons.map(\.rawValue))
            }
        } catch {
            throw .failed("The state to validate on cannot be read: \(error)")
        }
    }
}
