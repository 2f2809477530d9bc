public import JSON

// Sizes the reference computes with: pool limits and block packing depend on them, so they are part of its behaviour.
extension Tx {
    /// Estimated bytes: empty items left out, calldata counted in fields (note 02 §4).
    public var size: Int {
        data.size + clientIvcProof.bytes.count
            + contractClassLogs.reduce(0) { $0 + ($1.isEmpty ? 0 : ContractClassLogFields.byteCount) }
            + publicFunctionCalldata.reduce(0) { $0 + $1.size }
    }

    /// Bytes the private side effects will take in a block, at least.
    public var estimatedPrivateTxEffectsSize: Int {
        32 * (data.nonEmptyNoteHashes.count + data.nonEmptyNullifiers.count + data.emittedPrivateLogsLength + data.emittedContractClassLogsLength)
    }

    /// Bytes of the binary form.
    public var serializedByteCount: Int {
        data.byteCount + 4 + clientIvcProof.bytes.count + 1 + contractClassLogs.count * ContractClassLogFields.byteCount
            + 1 + publicFunctionCalldata.reduce(0) { $0 + 4 + 32 * ($1.values.count + 1) }
    }
}

/// Counts of a tx for logs and metrics.
public struct TxStats: Hashable, Sendable, JSONEncodable {
    public enum FeePaymentMethod: String, Sendable {
        case feeJuice = "fee_juice"
        /// A setup call pays through a contract.
        case fpc
    }

    public var txHash: TxHash
    public var noteHashCount: Int
    public var nullifierCount: Int
    public var privateLogCount: Int
    public var classRegisteredCount: Int
    public var contractClassLogSize: Int
    public var proofSize: Int
    public var size: Int
    public var feePaymentMethod: FeePaymentMethod

    public init(_ tx: Tx, hash: TxHash) {
        txHash = hash
        noteHashCount = tx.data.nonEmptyNoteHashes.count
        nullifierCount = tx.data.nonEmptyNullifiers.count
        privateLogCount = tx.data.nonEmptyPrivateLogs.count
        classRegisteredCount = tx.data.nonEmptyContractClassLogsHashes.count
        contractClassLogSize = tx.data.emittedContractClassLogsLength
        proofSize = tx.clientIvcProof.bytes.count
        size = tx.serializedByteCount
        feePaymentMethod = tx.data.forPublic?.needsSetup == true ? .fpc : .feeJuice
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("txHash", txHash)
        writer.member("noteHashCount", noteHashCount)
        writer.member("nullifierCount", nullifierCount)
        writer.member("privateLogCount", privateLogCount)
        writer.member("classRegisteredCount", classRegisteredCount)
        writer.member("contractClassLogSize", contractClassLogSize)
        writer.member("proofSize", proofSize)
        writer.member("size", size)
        writer.member("feePaymentMethod", feePaymentMethod.rawValue)
        writer.endObject()
    }
}
