import JSON
import Protocol
import PublicExecution

/// The limits a recorded block was processed with («note 03 §14»), and what was used of them so far.
struct BlockLimits {
    private let transactions: Int?
    private let bytes: Int?
    private let gas: (da: UInt64, l2: UInt64)?
    private var taken = 0
    private var usedBytes = 0
    private var usedGas: (da: UInt64, l2: UInt64) = (0, 0)

    init(_ json: JSONElement?) {
        transactions = json?["maxTransactions"]?.int
        bytes = json?["maxBlockSize"]?.int
        gas = json?["maxBlockGas"].map { (UInt64($0["daGas"]?.int ?? 0), UInt64($0["l2Gas"]?.int ?? 0)) }
    }

    var isFull: Bool { transactions.map { taken >= $0 } ?? false }

    func admits(_ tx: Tx) -> Bool {
        if let bytes, usedBytes + tx.estimatedPrivateTxEffectsSize > bytes { return false }
        if let gas {
            let limits = tx.gasSettings.gasLimits
            if usedGas.da + UInt64(limits.daGas) > gas.da || usedGas.l2 + UInt64(limits.l2Gas) > gas.l2 { return false }
        }
        return true
    }

    /// False when the transaction turned out too large.
    mutating func take(_ tx: ExecutedTx) -> Bool {
        let size = tx.effect.daSize
        if let bytes, usedBytes + size > bytes { return false }
        taken += 1
        usedBytes += size
        usedGas.da += UInt64(tx.gasUsed.totalGas.daGas)
        usedGas.l2 += UInt64(tx.gasUsed.totalGas.l2Gas)
        return true
    }
}
