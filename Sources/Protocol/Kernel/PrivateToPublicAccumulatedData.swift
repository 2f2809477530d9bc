public import Bytes
public import Field

/// Side effects of private execution with the public calls it enqueued: 26,532 bytes, 899 fields (note 02 §4).
public struct PrivateToPublicAccumulatedData: Hashable, Sendable, BinaryCodable, FieldEncodable {
    /// Everything but the calls: the layout of both kinds agrees up to there.
    public var effects: PrivateToRollupAccumulatedData
    public var publicCallRequests: PaddedList<PublicCallRequest>

    public static let byteCount = 26_532

    public init() {
        effects = PrivateToRollupAccumulatedData()
        publicCallRequests = PaddedList(capacity: ProtocolConstants.maxEnqueuedCallsPerTx)
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        effects = try PrivateToRollupAccumulatedData(from: &reader)
        publicCallRequests = try PaddedList(from: &reader, capacity: ProtocolConstants.maxEnqueuedCallsPerTx, "public call requests")
    }

    public func write(to writer: inout ByteWriter) {
        effects.write(to: &writer)
        publicCallRequests.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        effects.append(to: &fields)
        publicCallRequests.append(to: &fields)
    }

    public var noteHashes: PaddedList<Fr> { effects.noteHashes }
    public var nullifiers: PaddedList<Fr> { effects.nullifiers }
    public var l2ToL1Msgs: PaddedList<ScopedL2ToL1Message> { effects.l2ToL1Msgs }
    public var privateLogs: PaddedList<PrivateLog> { effects.privateLogs }
    public var contractClassLogsHashes: PaddedList<ScopedLogHash> { effects.contractClassLogsHashes }

    public var nonEmptyByteCount: Int { effects.nonEmptyByteCount + publicCallRequests.nonEmptyByteCount }
}
