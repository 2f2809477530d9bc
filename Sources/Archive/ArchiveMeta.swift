import Bytes
import Field
import Protocol

/// How far L1 was read: all logs up to and including `logIndex` of block `blockNumber` are in the database.
public struct L1SyncPoint: BinaryCodable, Equatable, Sendable {
    public var blockNumber: UInt64
    /// Zero where the block was never seen (the start block).
    public var blockHash: Bytes32
    /// `UInt32.max` when the whole block was read.
    public var logIndex: UInt32

    public init(blockNumber: UInt64, blockHash: Bytes32 = .zero, logIndex: UInt32 = .max) {
        self.blockNumber = blockNumber
        self.blockHash = blockHash
        self.logIndex = logIndex
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        blockNumber = try reader.readUInt64("L1 sync point")
        blockHash = try Bytes32(from: &reader)
        logIndex = try reader.readUInt32("L1 sync point log index")
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(blockNumber)
        blockHash.write(to: &writer)
        writer.write(logIndex)
    }
}

/// The L1 head that was followed last, and what was read from the rollup at it.
public struct L1HeadFacts: BinaryCodable, Equatable, Sendable {
    public var number: UInt64
    public var timestamp: UInt64
    /// Mana base fee by L2 slot, as `getManaBaseFeeAt` answered at this head.
    public var manaBaseFees: [SlotFee]

    public struct SlotFee: Equatable, Sendable {
        public var slot: UInt64
        public var feePerL2Gas: Fr

        public init(slot: UInt64, feePerL2Gas: Fr) {
            self.slot = slot
            self.feePerL2Gas = feePerL2Gas
        }
    }

    public init(number: UInt64, timestamp: UInt64, manaBaseFees: [SlotFee]) {
        self.number = number
        self.timestamp = timestamp
        self.manaBaseFees = manaBaseFees
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        number = try reader.readUInt64("L1 head")
        timestamp = try reader.readUInt64("L1 head time")
        manaBaseFees = []
        for _ in 0..<(try reader.readCount(maximum: 16, minimumElementBytes: 40, "mana base fees")) {
            manaBaseFees.append(SlotFee(slot: try reader.readUInt64("fee slot"), feePerL2Gas: try Fr(from: &reader)))
        }
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(number)
        writer.write(timestamp)
        writer.write(UInt32(manaBaseFees.count))
        for fee in manaBaseFees {
            writer.write(fee.slot)
            fee.feePerL2Gas.write(to: &writer)
        }
    }
}

/// Names of the single records in family `meta`.
enum ArchiveMeta {
    /// Number of the newest block, u64; absent before block 1.
    static let latest = Array("latest".utf8)
    /// Number of the newest proven block, u64.
    static let proven = Array("proven".utf8)
    static let syncPoint = Array("l1-sync-point".utf8)
    static let head = Array("l1-head".utf8)
    /// JSON text of `ChainFacts`.
    static let facts = Array("chain-facts".utf8)
    /// `DutiesRecord`.
    static let duties = Array("duties".utf8)
    /// Index of the newest L1→L2 message, u64.
    static let lastMessage = Array("last-message".utf8)
    /// One byte once every block of L1 up to a head was applied for the first time.
    static let initialSyncDone = Array("initial-sync".utf8)
}
