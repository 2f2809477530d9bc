public import Field

extension TxEffect {
    /// Appends the effect's blob fields (note 02 §13); an effect without nullifier has none.
    public func appendBlobFields(to fields: inout [Fr]) {
        guard !isEmpty else { return }
        let start = fields.count
        fields.append(.zero)
        fields.append(txHash.field)
        fields.append(BlobWords.fee(transactionFee))
        append(.noteHashes, noteHashes, to: &fields) { $1.append($0) }
        append(.nullifiers, nullifiers, to: &fields) { $1.append($0) }
        append(.l2ToL1Messages, l2ToL1Msgs, to: &fields) { $1.append($0) }
        append(.publicDataWrites, publicDataWrites, to: &fields) { $0.append(to: &$1) }
        append(.privateLogs, privateLogs, to: &fields) { $0.appendBlobFields(to: &$1) }
        append(.publicLogs, publicLogs, to: &fields) { $0.appendBlobFields(to: &$1) }
        append(.contractClassLogs, contractClassLogs, to: &fields) { $0.appendBlobFields(to: &$1) }
        fields[start] = BlobWords.start(count: fields.count - start, revertCode: revertCode)
    }

    private func append<Item>(
        _ category: BlobCategory, _ items: [Item], to fields: inout [Fr], _ each: (Item, inout [Fr]) -> Void
    ) {
        guard !items.isEmpty else { return }
        fields.append(BlobWords.prefix(category, count: items.count))
        for item in items { each(item, &fields) }
    }

    public func blobFields() -> [Fr] {
        var fields: [Fr] = []
        fields.reserveCapacity(blobFieldCount)
        appendBlobFields(to: &fields)
        return fields
    }

    /// How many blob fields the effect takes.
    public var blobFieldCount: Int {
        guard !isEmpty else { return 0 }
        func category(_ items: Int, _ fields: Int) -> Int { items == 0 ? 0 : 1 + fields }
        return 3 + category(noteHashes.count, noteHashes.count) + category(nullifiers.count, nullifiers.count)
            + category(l2ToL1Msgs.count, l2ToL1Msgs.count) + category(publicDataWrites.count, 2 * publicDataWrites.count)
            + category(privateLogs.count, privateLogs.reduce(0) { $0 + 1 + $1.emittedFields.count })
            + category(publicLogs.count, publicLogs.reduce(0) { $0 + 2 + $1.emittedFields.count })
            + category(contractClassLogs.count, contractClassLogs.reduce(0) { $0 + $1.blobFieldCount })
    }

    /// Bytes of data availability the effect takes.
    public var daSize: Int { 32 * blobFieldCount }
}

extension PrivateLog {
    public func appendBlobFields(to fields: inout [Fr]) {
        fields.append(Fr(UInt64(emittedLength)))
        fields.append(contentsOf: emittedFields)
    }
}

extension PublicLog {
    public func appendBlobFields(to fields: inout [Fr]) {
        fields.append(Fr(UInt64(emittedLength)))
        fields.append(contractAddress.field)
        fields.append(contentsOf: emittedFields)
    }
}

extension ContractClassLog {
    public func appendBlobFields(to fields: inout [Fr]) {
        fields.append(Fr(UInt64(emittedLength)))
        fields.append(contractAddress.field)
        fields.append(contentsOf: emittedFields)
    }

    public var blobFieldCount: Int { 2 + min(Int(emittedLength), ContractClassLogFields.size) }
}
