public import Bytes
public import Field

/// Side effects of one part of private execution as the AVM takes them over.
public struct PrivateToAvmAccumulatedData: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var noteHashes: PaddedList<Fr>
    public var nullifiers: PaddedList<Fr>
    public var l2ToL1Msgs: PaddedList<ScopedL2ToL1Message>

    /// The part of `effects` that the AVM sees; nothing by default.
    public init(_ effects: PrivateToRollupAccumulatedData = .init()) {
        noteHashes = effects.noteHashes
        nullifiers = effects.nullifiers
        l2ToL1Msgs = effects.l2ToL1Msgs
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        noteHashes = try PaddedList(from: &reader, capacity: ProtocolConstants.maxNoteHashesPerTx, "note hashes")
        nullifiers = try PaddedList(from: &reader, capacity: ProtocolConstants.maxNullifiersPerTx, "nullifiers")
        l2ToL1Msgs = try PaddedList(from: &reader, capacity: ProtocolConstants.maxL2ToL1MessagesPerTx, "L2 to L1 messages")
    }

    public func write(to writer: inout ByteWriter) {
        noteHashes.write(to: &writer)
        nullifiers.write(to: &writer)
        l2ToL1Msgs.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        noteHashes.append(to: &fields)
        nullifiers.append(to: &fields)
        l2ToL1Msgs.append(to: &fields)
    }

    public var arrayLengths: ArrayLengths {
        ArrayLengths(
            noteHashes: UInt32(noteHashes.nonEmptyCount), nullifiers: UInt32(nullifiers.nonEmptyCount), l2ToL1Msgs: UInt32(l2ToL1Msgs.nonEmptyCount))
    }

    /// How many items each list holds, which circuits cannot see from the padding.
    public struct ArrayLengths: Hashable, Sendable, BinaryCodable, FieldEncodable {
        public var noteHashes: UInt32
        public var nullifiers: UInt32
        public var l2ToL1Msgs: UInt32

        public init(noteHashes: UInt32 = 0, nullifiers: UInt32 = 0, l2ToL1Msgs: UInt32 = 0) {
            self.noteHashes = noteHashes
            self.nullifiers = nullifiers
            self.l2ToL1Msgs = l2ToL1Msgs
        }

        public init(from reader: inout ByteReader) throws(DecodingError) {
            noteHashes = try reader.readUInt32("note hash count")
            nullifiers = try reader.readUInt32("nullifier count")
            l2ToL1Msgs = try reader.readUInt32("message count")
        }

        public func write(to writer: inout ByteWriter) {
            writer.write(noteHashes)
            writer.write(nullifiers)
            writer.write(l2ToL1Msgs)
        }

        public func append(to fields: inout [Fr]) {
            fields.append(Fr(UInt64(noteHashes)))
            fields.append(Fr(UInt64(nullifiers)))
            fields.append(Fr(UInt64(l2ToL1Msgs)))
        }
    }
}
