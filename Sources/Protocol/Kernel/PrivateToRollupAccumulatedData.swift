public import Bytes
public import Field

/// Side effects of private execution: 23,428 bytes, 771 fields (note 02 §4).
public struct PrivateToRollupAccumulatedData: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var noteHashes: PaddedList<Fr>
    public var nullifiers: PaddedList<Fr>
    public var l2ToL1Msgs: PaddedList<ScopedL2ToL1Message>
    public var privateLogs: PaddedList<PrivateLog>
    public var contractClassLogsHashes: PaddedList<ScopedLogHash>

    public static let byteCount = 23_428

    public init() {
        noteHashes = PaddedList(capacity: ProtocolConstants.maxNoteHashesPerTx)
        nullifiers = PaddedList(capacity: ProtocolConstants.maxNullifiersPerTx)
        l2ToL1Msgs = PaddedList(capacity: ProtocolConstants.maxL2ToL1MessagesPerTx)
        privateLogs = PaddedList(capacity: ProtocolConstants.maxPrivateLogsPerTx)
        contractClassLogsHashes = PaddedList(capacity: ProtocolConstants.maxContractClassLogsPerTx)
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        noteHashes = try PaddedList(from: &reader, capacity: ProtocolConstants.maxNoteHashesPerTx, "note hashes")
        nullifiers = try PaddedList(from: &reader, capacity: ProtocolConstants.maxNullifiersPerTx, "nullifiers")
        l2ToL1Msgs = try PaddedList(from: &reader, capacity: ProtocolConstants.maxL2ToL1MessagesPerTx, "L2 to L1 messages")
        privateLogs = try PaddedList(from: &reader, capacity: ProtocolConstants.maxPrivateLogsPerTx, "private logs")
        contractClassLogsHashes = try PaddedList(
            from: &reader, capacity: ProtocolConstants.maxContractClassLogsPerTx, "contract class log hashes")
    }

    public func write(to writer: inout ByteWriter) {
        noteHashes.write(to: &writer)
        nullifiers.write(to: &writer)
        l2ToL1Msgs.write(to: &writer)
        privateLogs.write(to: &writer)
        contractClassLogsHashes.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        noteHashes.append(to: &fields)
        nullifiers.append(to: &fields)
        l2ToL1Msgs.append(to: &fields)
        privateLogs.append(to: &fields)
        contractClassLogsHashes.append(to: &fields)
    }

    /// Bytes of the items that are not empty.
    public var nonEmptyByteCount: Int {
        noteHashes.nonEmptyByteCount + nullifiers.nonEmptyByteCount + l2ToL1Msgs.nonEmptyByteCount
            + privateLogs.nonEmptyByteCount + contractClassLogsHashes.nonEmptyByteCount
    }

    /// Fields emitted in private logs and in contract class logs, also of logs that count as empty.
    var emittedPrivateLogsLength: Int { privateLogs.items.reduce(0) { $0 + Int($1.emittedLength) } }
    var emittedContractClassLogsLength: Int { contractClassLogsHashes.items.reduce(0) { $0 + Int($1.logHash.length) } }
}
