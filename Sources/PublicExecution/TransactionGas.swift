import Protocol

/// Gas of one transaction by what uses it («note 03 §12»). Signed: nothing but the private kernel's proof keeps the gas
/// used below the limits, and any bytes must have an outcome.
struct TransactionGas {
    struct Amount {
        var da: Int
        var l2: Int

        init(da: Int, l2: Int) {
            self.da = da
            self.l2 = l2
        }

        init(_ gas: Gas) { self.init(da: Int(gas.daGas), l2: Int(gas.l2Gas)) }

        static let zero = Amount(da: 0, l2: 0)

        static func + (a: Amount, b: Amount) -> Amount { Amount(da: a.da + b.da, l2: a.l2 + b.l2) }
        static func - (a: Amount, b: Amount) -> Amount { Amount(da: a.da - b.da, l2: a.l2 - b.l2) }

        /// The public part of a transaction is offered no more L2 gas than this.
        var capped: Amount { Amount(da: da, l2: min(l2, ProtocolConstants.maxL2GasPerTxPublicPortion)) }

        /// Nearest amount that has a binary form.
        var clamped: Gas { Gas(daGas: UInt32(clamping: da), l2Gas: UInt32(clamping: l2)) }
    }

    private let usedByPrivate: Amount
    private let allocatedToPublic: Amount
    private let teardownLimits: Amount
    private let hasTeardown: Bool
    private(set) var usedByPublic = Amount.zero
    private(set) var usedByTeardown = Amount.zero

    init(_ tx: Tx) {
        usedByPrivate = Amount(tx.data.gasUsed)
        allocatedToPublic = (Amount(tx.gasSettings.gasLimits) - usedByPrivate).capped
        teardownLimits = Amount(tx.gasSettings.teardownGasLimits)
        hasTeardown = tx.data.teardownPublicCallRequest != nil
    }

    func offered(in phase: ExecutionPhase) -> Amount {
        phase == .teardown ? teardownLimits.capped : allocatedToPublic - usedByPublic
    }

    mutating func consume(_ gas: Amount, in phase: ExecutionPhase) {
        if phase == .teardown { usedByTeardown = usedByTeardown + gas } else { usedByPublic = usedByPublic + gas }
    }

    /// What the fee is taken for: teardown counts at its limit, which is part of what private execution used.
    var billed: Gas { (usedByPrivate + usedByPublic).clamped }

    var used: GasUsed {
        let total = usedByPrivate + usedByPublic - (hasTeardown ? teardownLimits : .zero) + usedByTeardown
        return GasUsed(
            totalGas: total.clamped, teardownGas: usedByTeardown.clamped, publicGas: (usedByPublic + usedByTeardown).clamped, billedGas: billed)
    }
}
