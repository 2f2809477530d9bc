public import Bytes
public import Field

/// Side effects of a tx after public execution: those of private execution and those the AVM added. Private logs and
/// class logs are not among them.
public struct AvmAccumulatedData: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var noteHashes: PaddedList<Fr>
    public var nullifiers: PaddedList<Fr>
    public var l2ToL1Msgs: PaddedList<ScopedL2ToL1Message>
    public var publicLogs: PaddedList<PublicLog>
    public var publicDataWrites: PaddedList<PublicDataWrite>

    public init() {
        noteHashes = PaddedList(capacity: ProtocolConstants.maxNoteHashesPerTx)
        nullifiers = PaddedList(capacity: ProtocolConstants.maxNullifiersPerTx)
        l2ToL1Msgs = PaddedList(capacity: ProtocolConstants.maxL2ToL1MessagesPerTx)
        publicLogs = PaddedList(capacity: ProtocolConstants.maxPublicLogsPerTx)
        publicDataWrites = PaddedList(capacity: ProtocolConstants.maxTotalPublicDataUpdateRequestsPerTx)
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        noteHashes = try PaddedList(from: &reader, capacity: ProtocolConstants.maxNoteHashesPerTx, "note hashes")
        nullifiers = try PaddedList(from: &reader, capacity: ProtocolConstants.maxNullifiersPerTx, "nullifiers")
        l2ToL1Msgs = try PaddedList(from: &reader, capacity: ProtocolConstants.maxL2ToL1MessagesPerTx, "L2 to L1 messages")
        publicLogs = try PaddedList(from: &reader, capacity: ProtocolConstants.maxPublicLogsPerTx, "public logs")
        publicDataWrites = try PaddedList(
            from: &reader, capacity: ProtocolConstants.maxTotalPublicDataUpdateRequestsPerTx, "public data writes")
    }

    public func write(to writer: inout ByteWriter) {
        noteHashes.write(to: &writer)
        nullifiers.write(to: &writer)
        l2ToL1Msgs.write(to: &writer)
        publicLogs.write(to: &writer)
        publicDataWrites.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        noteHashes.append(to: &fields)
        nullifiers.append(to: &fields)
        l2ToL1Msgs.append(to: &fields)
        publicLogs.append(to: &fields)
        publicDataWrites.append(to: &fields)
    }
}

extension PublicLog: PaddedItem {
    public static var padding: PublicLog { .zero }
    public static var fieldCount: Int { ProtocolConstants.publicLogLength }
}

extension PublicDataWrite: PaddedItem {
    public static var padding: PublicDataWrite { .zero }
    public static var byteCount: Int { 64 }
    public static var fieldCount: Int { ProtocolConstants.publicDataWriteLength }
}
