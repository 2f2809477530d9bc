public import Field
public import Protocol

/// What a transaction from a peer is checked for before its proof, in the reference's order: the first rule that it
/// breaks says how the peer is punished («note 07 §6»).
public enum ArrivalRule: Hashable, Sendable, CaseIterable {
    case data, metadata, doubleSpend, gas, phases, blockHeader
}

/// What metadata and data of a transaction came to.
public struct HashedRules: Sendable {
    /// The one that is broken, else the last of the two.
    var rule: ArrivalRule
    var validation: TxValidation
}

/// The checks of a gossiped transaction but for the proof, each on its own: against the newest block.
///
/// Repetitions among the transaction's own nullifiers are let pass, as the reference does by mistake: peers forward such
/// transactions, and block building refuses them (`PreprocessValidator`).
public struct ArrivalValidator: Sendable {
    /// Chain id, version, number of the block after the newest one, and the fees of the newest one.
    public var globals: GlobalVariables
    public var setupAllowList: SetupAllowList

    public init(globals: GlobalVariables, setupAllowList: SetupAllowList = .default) {
        self.globals = globals
        self.setupAllowList = setupAllowList
    }

    /// - Parameter headerHash: of the transaction's historical header, which many transactions share.
    public func validate(_ tx: Tx, _ rule: ArrivalRule, on chain: any ExecutionBase, headerHash: Fr) throws(StateUnavailable) -> TxValidation {
        var reads = ReadSet()
        switch rule {
        case .data: return DataValidator.validate(tx)
        case .metadata: return rules(tx, chain).metadata()
        case .doubleSpend: return try rules(tx, chain).spentBefore(&reads)
        case .gas: return try rules(tx, chain).gas(&reads)
        // Hashing class logs is left to the one rule that looks at them.
        case .phases: return try TxRules(tx: tx, globals: globals, base: chain, classLogs: TxClassLogs(tx)).phases(setupAllowList, chain: chain)
        case .blockHeader: return try chain.isArchived(headerHash) ? .valid : .invalid(.blockHeader)
        }
    }

    /// The first two rules, for several transactions: data are hashed side by side. Data and metadata are punished alike, so
    /// what costs nothing comes before what hashes.
    public func hashedRules(_ txs: [Tx], on chain: any ExecutionBase) -> [HashedRules] {
        var outcomes = txs.map { HashedRules(rule: .metadata, validation: rules($0, chain).metadata()) }
        let left = txs.indices.filter { outcomes[$0].validation.isValid }
        for (index, data) in zip(left, DataValidator.validate(left.map { txs[$0] })) { outcomes[index] = HashedRules(rule: .data, validation: data) }
        return outcomes
    }

    /// The first rule that is broken; rules that say «not now» pass. `hashed`: what `hashedRules` found of the transaction.
    public func firstFailure(
        _ tx: Tx, _ hashed: HashedRules, on chain: any ExecutionBase, headerHash: Fr
    ) throws(StateUnavailable) -> (rule: ArrivalRule, reasons: [TxRejection])? {
        if case .invalid(let reasons) = hashed.validation { return (hashed.rule, reasons) }
        for rule in ArrivalRule.allCases where rule != .metadata && rule != .data {
            if case .invalid(let reasons) = try validate(tx, rule, on: chain, headerHash: headerHash) { return (rule, reasons) }
        }
        return nil
    }

    private func rules(_ tx: Tx, _ chain: any ExecutionBase) -> TxRules {
        TxRules(tx: tx, globals: globals, base: chain, classLogs: .none)
    }
}
