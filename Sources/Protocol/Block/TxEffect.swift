public import Bytes
public import Field

/// Everything a tx changes, as blocks carry it (note 02 §6). The decoders check what the reference's constructor
/// checks; a value made in memory, or out of blob fields, need not obey those limits.
public struct TxEffect: Hashable, Sendable {
    public var revertCode: RevertCode
    public var txHash: TxHash
    public var transactionFee: Fr
    public var noteHashes: [Fr]
    public var nullifiers: [Fr]
    public var l2ToL1Msgs: [Fr]
    public var publicDataWrites: [PublicDataWrite]
    public var privateLogs: [PrivateLog]
    public var publicLogs: [PublicLog]
    public var contractClassLogs: [ContractClassLog]

    public init(
        revertCode: RevertCode = .ok, txHash: TxHash = .zero, transactionFee: Fr = .zero, noteHashes: [Fr] = [], nullifiers: [Fr] = [],
        l2ToL1Msgs: [Fr] = [], publicDataWrites: [PublicDataWrite] = [], privateLogs: [PrivateLog] = [], publicLogs: [PublicLog] = [],
        contractClassLogs: [ContractClassLog] = []
    ) {
        self.revertCode = revertCode
        self.txHash = txHash
        self.transactionFee = transactionFee
        self.noteHashes = noteHashes
        self.nullifiers = nullifiers
        self.l2ToL1Msgs = l2ToL1Msgs
        self.publicDataWrites = publicDataWrites
        self.privateLogs = privateLogs
        self.publicLogs = publicLogs
        self.contractClassLogs = contractClassLogs
    }

    /// A real tx has at least one nullifier.
    public var isEmpty: Bool { nullifiers.isEmpty }

    /// What breaks the limits of a tx; nil when nothing does.
    public var violation: String? {
        typealias C = ProtocolConstants
        if noteHashes.count > C.maxNoteHashesPerTx { return "\(noteHashes.count) note hashes are more than \(C.maxNoteHashesPerTx)" }
        if nullifiers.count > C.maxNullifiersPerTx { return "\(nullifiers.count) nullifiers are more than \(C.maxNullifiersPerTx)" }
        if l2ToL1Msgs.count > C.maxL2ToL1MessagesPerTx { return "\(l2ToL1Msgs.count) messages to L1 are more than \(C.maxL2ToL1MessagesPerTx)" }
        if publicDataWrites.count > C.maxTotalPublicDataUpdateRequestsPerTx {
            return "\(publicDataWrites.count) public data writes are more than \(C.maxTotalPublicDataUpdateRequestsPerTx)"
        }
        if privateLogs.count > C.maxPrivateLogsPerTx { return "\(privateLogs.count) private logs are more than \(C.maxPrivateLogsPerTx)" }
        if noteHashes.contains(where: \.isZero) { return "a note hash is zero" }
        if nullifiers.contains(where: \.isZero) { return "a nullifier is zero" }
        if l2ToL1Msgs.contains(where: \.isZero) { return "a message to L1 is zero" }
        if publicDataWrites.contains(where: \.isEmpty) { return "a public data write is empty" }
        if privateLogs.contains(where: \.isEmpty) { return "a private log is empty" }
        return nil
    }
}

extension TxEffect: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        revertCode = try RevertCode(from: &reader)
        txHash = try TxHash(from: &reader)
        transactionFee = try Fr(from: &reader)
        noteHashes = try reader.readShortVector(minimumElementBytes: 32)
        nullifiers = try reader.readShortVector(minimumElementBytes: 32)
        l2ToL1Msgs = try reader.readShortVector(minimumElementBytes: 32)
        publicDataWrites = try reader.readShortVector(minimumElementBytes: 64)
        privateLogs = try reader.readShortVector(minimumElementBytes: PrivateLog.byteCount)
        publicLogs = try reader.readShortVector(minimumElementBytes: PublicLog.byteCount)
        contractClassLogs = try reader.readShortVector(minimumElementBytes: ContractClassLog.byteCount)
        if let violation { throw DecodingError("tx effect: \(violation)", at: start) }
    }

    public func write(to writer: inout ByteWriter) {
        revertCode.write(to: &writer)
        txHash.write(to: &writer)
        transactionFee.write(to: &writer)
        writer.writeShortVector(noteHashes)
        writer.writeShortVector(nullifiers)
        writer.writeShortVector(l2ToL1Msgs)
        writer.writeShortVector(publicDataWrites)
        writer.writeShortVector(privateLogs)
        writer.writeShortVector(publicLogs)
        writer.writeShortVector(contractClassLogs)
    }
}
