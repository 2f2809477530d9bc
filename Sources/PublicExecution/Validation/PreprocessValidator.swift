public import Protocol

/// The validators that look at a transaction before it is executed for a block, by a proposer and in re-execution alike
/// («note 03 §16», «note 06 §7.4»). Proof and data were checked when the transaction came in.
public struct PreprocessValidator: Sendable {
    public var globals: GlobalVariables
    public var setupAllowList: SetupAllowList

    public init(globals: GlobalVariables, setupAllowList: SetupAllowList = .default) {
        self.globals = globals
        self.setupAllowList = setupAllowList
    }

    /// All of them run; reasons come in their order.
    /// - Parameters:
    ///   - base: the block so far.
    ///   - chain: the chain without the block, for contracts.
    ///   - classLogs: of `tx`, when the caller has them already.
    ///   - reads: takes what the verdict rests on.
    public func validate(
        _ tx: Tx, on base: any ExecutionBase, chain: any ExecutionBase, classLogs: TxClassLogs? = nil, reads: inout ReadSet
    ) throws(StateUnavailable) -> TxValidation {
        let rules = TxRules(tx: tx, globals: globals, base: base, classLogs: classLogs ?? TxClassLogs(tx))
        return rules.metadata()
            .and(try rules.doubleSpend(&reads))
            .and(try rules.phases(setupAllowList, chain: chain))
            .and(try rules.gas(&reads))
            .and(try rules.blockHeader())
    }
}

/// The validators for a transaction that came by RPC, but for the proof («note 03 §16»): against the newest block.
/// Repetitions among the transaction's own nullifiers pass, as they do in the reference's recorded answers.
public struct AcceptanceValidator: Sendable {
    /// Globals of a block after the newest one, with the base fees of now.
    public var globals: GlobalVariables
    public var setupAllowList: SetupAllowList
    /// Without fee enforcement the gas rules do not count (`isValidTx` of a simulation).
    public var enforcesFees: Bool

    public init(globals: GlobalVariables, setupAllowList: SetupAllowList = .default, enforcesFees: Bool = true) {
        self.globals = globals
        self.setupAllowList = setupAllowList
        self.enforcesFees = enforcesFees
    }

    public func validate(_ tx: Tx, on chain: any ExecutionBase) throws(StateUnavailable) -> TxValidation {
        let rules = TxRules(tx: tx, globals: globals, base: chain, classLogs: TxClassLogs(tx))
        var reads = ReadSet()
        let verdict = DataValidator.validate(tx)
            .and(rules.metadata())
            .and(try rules.spentBefore(&reads))
            .and(try rules.phases(setupAllowList, chain: chain))
            .and(try rules.blockHeader())
        return enforcesFees ? verdict.and(try rules.gas(&reads)) : verdict
    }
}
