public import Field

/// A tx after execution, ready for a block (note 02 §12).
public struct ProcessedTx: Hashable, Sendable {
    public var hash: TxHash
    public var data: PrivateKernelTailCircuitPublicInputs
    public var clientIvcProof: ClientIvcProof
    /// What the AVM circuit has to prove; nil for a private-only tx.
    public var avmPublicInputs: AvmCircuitPublicInputs?
    public var constants: CombinedConstantData
    public var txEffect: TxEffect
    public var gasUsed: GasUsed
    public var revertReason: SimulationError?

    public var revertCode: RevertCode { txEffect.revertCode }

    /// - Precondition: the tx is private-only.
    public init(
        privateOnly tx: Tx, hash: TxHash, transactionFee: Fr, feePaymentPublicDataWrite: PublicDataWrite, globalVariables: GlobalVariables
    ) {
        guard let end = tx.data.forRollup else { preconditionFailure("a tx with public calls has no private-only result") }
        let context = tx.data.constants.txContext
        var effect = TxEffect(revertCode: .ok, txHash: hash, transactionFee: transactionFee)
        effect.noteHashes = end.noteHashes.nonEmpty
        effect.nullifiers = end.nullifiers.nonEmpty
        effect.l2ToL1Msgs = Self.siloed(end.l2ToL1Msgs, context)
        effect.publicDataWrites = [feePaymentPublicDataWrite]
        effect.privateLogs = end.privateLogs.nonEmpty
        effect.contractClassLogs = tx.contractClassLogs(matching: end.contractClassLogsHashes.nonEmpty, siloed: true)
        self.init(tx, effect, globalVariables, avm: nil)
        // No teardown runs: all gas is billed as used.
        gasUsed = GasUsed(totalGas: tx.data.gasUsed, teardownGas: .zero, publicGas: .zero, billedGas: tx.data.gasUsed)
    }

    /// - Precondition: the tx has public calls.
    public init(
        publicCallsOf tx: Tx, hash: TxHash, avmPublicInputs avm: AvmCircuitPublicInputs, gasUsed: GasUsed, revertCode: RevertCode,
        revertReason: SimulationError?
    ) {
        guard let parts = tx.data.forPublic else { preconditionFailure("a private-only tx has no public result") }
        let context = tx.data.constants.txContext
        let output = avm.accumulatedData
        var effect = TxEffect(revertCode: revertCode, txHash: hash, transactionFee: avm.transactionFee)
        effect.noteHashes = output.noteHashes.nonEmpty
        effect.nullifiers = output.nullifiers.nonEmpty
        effect.l2ToL1Msgs = Self.siloed(output.l2ToL1Msgs, context)
        effect.publicDataWrites = output.publicDataWrites.nonEmpty
        effect.publicLogs = output.publicLogs.nonEmpty
        effect.privateLogs = parts.nonRevertibleAccumulatedData.privateLogs.nonEmpty
        effect.contractClassLogs = tx.contractClassLogs(revertible: false, siloed: true)
        if revertCode.isOK {
            effect.privateLogs += parts.revertibleAccumulatedData.privateLogs.nonEmpty
            effect.contractClassLogs += tx.contractClassLogs(revertible: true, siloed: true)
        }
        self.init(tx, effect, avm.globalVariables, avm: avm)
        self.gasUsed = gasUsed
        self.revertReason = revertReason
    }

    private init(_ tx: Tx, _ effect: TxEffect, _ globals: GlobalVariables, avm: AvmCircuitPublicInputs?) {
        hash = effect.txHash
        data = tx.data
        clientIvcProof = tx.clientIvcProof
        avmPublicInputs = avm
        constants = CombinedConstantData(tx: tx.data.constants, globalVariables: globals)
        txEffect = effect
        gasUsed = GasUsed(totalGas: .zero, teardownGas: .zero, publicGas: .zero, billedGas: .zero)
    }

    private static func siloed(_ messages: PaddedList<ScopedL2ToL1Message>, _ context: TxContext) -> [Fr] {
        messages.items.map { $0.siloed(version: context.version, chainId: context.chainId) }.filter { !$0.isZero }
    }
}
