import Hashing

extension Tx {
    /// The class logs whose hashes are among `hashes`, in the order of the tx, with the emitting contract and length
    /// that the hash entry names; siloed they carry the field a tx effect carries.
    public func contractClassLogs(matching hashes: [ScopedLogHash], siloed: Bool) -> [ContractClassLog] {
        guard !hashes.isEmpty else { return [] }
        return contractClassLogs.compactMap { fields in
            let hash = fields.hash()
            guard let entry = hashes.first(where: { $0.logHash.value == hash }) else { return nil }
            let log = ContractClassLog(contractAddress: entry.contractAddress, fields: fields, emittedLength: entry.logHash.length)
            return siloed ? log.siloed() : log
        }
    }

    /// Class logs of the revertible or the non-revertible part; none for a private-only tx.
    public func contractClassLogs(revertible: Bool, siloed: Bool) -> [ContractClassLog] {
        guard let parts = data.forPublic else { return [] }
        let part = revertible ? parts.revertibleAccumulatedData : parts.nonRevertibleAccumulatedData
        return contractClassLogs(matching: part.contractClassLogsHashes.nonEmpty, siloed: siloed)
    }
}
