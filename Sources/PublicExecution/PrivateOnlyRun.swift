import AVM
import Field
import Protocol

/// A transaction without public calls: only its fee touches public state («note 03 §14», private-only tx).
struct PrivateOnlyRun {
    let tx: Tx
    let end: PrivateToRollupAccumulatedData
    let globals: GlobalVariables
    let journal: TxJournal
    let classLogs: TxClassLogs

    func execute(hash: TxHash) throws(AVMFault) -> ExecutedTx {
        let fee = TransactionFee.privateOnly(gasUsed: tx.data.gasUsed, fees: globals.gasFees)
        // Always enforced and always written, also a fee of zero of nobody.
        let slot = journal.feePayerLeafSlot(tx.data.feePayer)
        let balance = try journal.value(slot)
        guard balance >= fee else { throw .fatal(TransactionFee.shortage(balance, fee: fee)) }
        let feeWrite = PublicDataWrite(leafSlot: slot, value: balance - fee)
        journal.write(slot, feeWrite.value)

        let context = tx.data.constants.txContext
        var effect = TxEffect(revertCode: .ok, txHash: hash, transactionFee: fee)
        effect.noteHashes = end.noteHashes.nonEmpty
        effect.nullifiers = end.nullifiers.nonEmpty
        effect.l2ToL1Msgs = end.l2ToL1Msgs.items.map { $0.siloed(version: context.version, chainId: context.chainId) }.filter { !$0.isZero }
        effect.publicDataWrites = [feeWrite]
        effect.privateLogs = end.privateLogs.nonEmpty
        effect.contractClassLogs = classLogs.nonRevertible
        try requireWellFormed(effect)
        journal.noteHashes = effect.noteHashes
        journal.nullifiers = effect.nullifiers
        try journal.add(classLogs, revertible: false, privateLogs: effect.privateLogs)

        let gas = GasUsed(totalGas: tx.data.gasUsed, teardownGas: .zero, publicGas: .zero, billedGas: tx.data.gasUsed)
        return ExecutedTx(
            hash: hash, effect: effect, gasUsed: gas, diff: journal.diff(contracts: journal.contracts.published), readSet: journal.readSet)
    }
}
