public import Bytes
public import Protocol
import Storage

/// Who proposes and attests in an epoch («note 05 §3»), as the archiver worked it out from L1.
public struct EpochDuties: Hashable, Sendable, BinaryCodable {
    public let epoch: UInt64
    /// By seat; empty: the epoch has no committee.
    public let committee: [EthAddress]
    /// Of each slot of the epoch, the seat that proposes; empty without a committee.
    public let proposingSeats: [UInt16]

    /// Seats, and slots of an epoch, that a record can hold: a thousand times as many as there are.
    public static let maximumCount = 1 << 16

    /// nil: seats that the committee does not have, or too many of something.
    public init?(epoch: UInt64, committee: [EthAddress], proposingSeats: [UInt16]) {
        guard max(committee.count, proposingSeats.count) <= Self.maximumCount, proposingSeats.allSatisfy({ $0 < committee.count }) else { return nil }
        self.epoch = epoch
        self.committee = committee
        self.proposingSeats = proposingSeats
    }

    /// nil for slots of other epochs, and without a committee.
    public func proposer(ofSlot slot: UInt64) -> EthAddress? {
        let (ofSlot, place) = slot.quotientAndRemainder(dividingBy: UInt64(max(1, proposingSeats.count)))
        guard ofSlot == epoch, !proposingSeats.isEmpty else { return nil }
        return committee[Int(proposingSeats[Int(place)])]
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let epoch = try reader.readUInt64("epoch")
        let count = try reader.readCount(maximum: Self.maximumCount, minimumElementBytes: 20, "committee")
        let committee: [EthAddress] = try reader.readArray(count: count, minimumElementBytes: 20)
        var seats: [UInt16] = []
        for _ in 0..<(try reader.readCount(maximum: Self.maximumCount, minimumElementBytes: 2, "slots")) { seats.append(try reader.readUInt16("seat")) }
        guard let duties = EpochDuties(epoch: epoch, committee: committee, proposingSeats: seats) else {
            throw DecodingError("a slot of epoch \(epoch) has a seat that its committee of \(count) has not")
        }
        self = duties
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(epoch)
        writer.write(UInt32(committee.count))
        writer.writeAll(committee)
        writer.write(UInt32(proposingSeats.count))
        for seat in proposingSeats { writer.write(seat) }
    }
}

/// Of some epochs in a row.
struct DutiesRecord: BinaryCodable {
    var epochs: [EpochDuties]

    init(_ epochs: [EpochDuties]) { self.epochs = epochs }

    init(from reader: inout ByteReader) throws(DecodingError) {
        let count = try reader.readCount(maximum: 16, minimumElementBytes: 16, "epochs")
        epochs = try reader.readArray(count: count, minimumElementBytes: 16)
    }

    func write(to writer: inout ByteWriter) {
        writer.write(UInt32(epochs.count))
        writer.writeAll(epochs)
    }
}

extension Archive {
    /// Of the epoch of the L1 head that was followed last, and of the next one; empty before they were read.
    public func duties() throws(ArchiveError) -> [EpochDuties] { try record(DutiesRecord.self, ArchiveMeta.duties, in: meta)?.epochs ?? [] }

    /// In place of those before.
    public func setDuties(_ epochs: [EpochDuties], to batch: WriteBatch) { batch.put(ArchiveMeta.duties, DutiesRecord(epochs).serialized, in: meta) }
}
