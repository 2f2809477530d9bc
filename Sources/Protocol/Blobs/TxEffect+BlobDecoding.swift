public import Bytes
import Field

extension TxEffect {
    /// Decodes one effect from 32-byte blob words (note 02 §15 step 3). As in the reference the limits of a tx are
    /// not applied, only that no category has more items than the binary form can count. No words at all are the
    /// empty effect.
    public init(blobWords reader: inout ByteReader) throws(DecodingError) {
        self.init()
        if reader.isAtEnd { return }
        let start = reader.offset
        guard let (count, code) = BlobWords.parseStart(try reader.read(32, "start word")) else {
            throw DecodingError("tx effect: the first word is no start word", at: start)
        }
        guard let revertCode = RevertCode(rawValue: code) else { throw DecodingError("tx effect: revert code \(code)", at: start) }
        self.revertCode = revertCode
        txHash = try TxHash(from: &reader)
        let fee = try reader.read(32, "fee word")
        transactionFee = Fr(reducing: fee.dropFirst(3))
        while reader.offset - start < 32 * count { try readCategory(&reader) }
    }

    private mutating func readCategory(_ reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        let word = try reader.read(32, "prefix word")
        let at = word.startIndex
        guard let category = BlobCategory(rawValue: word[at + 28]) else {
            throw DecodingError("tx effect: unknown category \(word[at + 28])", at: start)
        }
        let count = Int(word[at + 30]) << 8 | Int(word[at + 31])
        guard count <= 255 else { throw DecodingError("tx effect: \(count) items of one category", at: start) }
        guard 32 * count <= reader.remaining else { throw DecodingError("tx effect: \(count) items do not fit in the words left", at: start) }
        let isSecond: Bool
        switch category {
        case .noteHashes: isSecond = try Self.fill(&noteHashes, count, &reader)
        case .nullifiers: isSecond = try Self.fill(&nullifiers, count, &reader)
        case .l2ToL1Messages: isSecond = try Self.fill(&l2ToL1Msgs, count, &reader)
        case .publicDataWrites: isSecond = try Self.fill(&publicDataWrites, count, &reader)
        case .privateLogs:
            isSecond = try Self.fill(&privateLogs, count) { () throws(DecodingError) in try PrivateLog(blobWords: &reader) }
        case .publicLogs:
            isSecond = try Self.fill(&publicLogs, count) { () throws(DecodingError) in try PublicLog(blobWords: &reader) }
        case .contractClassLogs:
            isSecond = try Self.fill(&contractClassLogs, count) { () throws(DecodingError) in try ContractClassLog(blobWords: &reader) }
        }
        if isSecond { throw DecodingError("tx effect: category \(category.rawValue) twice", at: start) }
    }

    /// Fills an empty list; true when it was not empty.
    private static func fill<T: BinaryCodable>(_ list: inout [T], _ count: Int, _ reader: inout ByteReader) throws(DecodingError) -> Bool {
        guard list.isEmpty else { return true }
        list = try reader.readArray(count: count, minimumElementBytes: 32)
        return false
    }

    private static func fill<T>(_ list: inout [T], _ count: Int, _ read: () throws(DecodingError) -> T) throws(DecodingError) -> Bool {
        guard list.isEmpty else { return true }
        list.reserveCapacity(count)
        for _ in 0..<count { list.append(try read()) }
        return false
    }
}

extension PrivateLog {
    init(blobWords reader: inout ByteReader) throws(DecodingError) {
        let count = try reader.readEmittedLength(maximum: Self.size)
        self.init(emitted: try reader.readArray(Fr.self, count: count, minimumElementBytes: 32))
    }
}

extension PublicLog {
    init(blobWords reader: inout ByteReader) throws(DecodingError) {
        let count = try reader.readEmittedLength(maximum: Self.size)
        let address = try AztecAddress(from: &reader)
        self.init(contractAddress: address, emitted: try reader.readArray(Fr.self, count: count, minimumElementBytes: 32))
    }
}

extension ContractClassLog {
    init(blobWords reader: inout ByteReader) throws(DecodingError) {
        let count = try reader.readEmittedLength(maximum: ContractClassLogFields.size)
        let address = try AztecAddress(from: &reader)
        let fields = try reader.readArray(Fr.self, count: count, minimumElementBytes: 32)
        self.init(contractAddress: address, fields: ContractClassLogFields(fields), emittedLength: UInt32(count))
    }
}

extension ByteReader {
    /// A length in a field of its own, at most `maximum`.
    fileprivate mutating func readEmittedLength(maximum: Int) throws(DecodingError) -> Int {
        let start = offset
        guard let length = try Fr(from: &self).uint32, Int(length) <= maximum else {
            throw DecodingError("log: emitted length is above \(maximum)", at: start)
        }
        return Int(length)
    }
}
