public import Bytes
public import Field
import Hashing
public import Protocol
import PublicExecution

/// Where a transaction stands among the pending ones: by priority, and among equals by age.
struct PoolPlace: Hashable, Comparable, Sendable {
    var priority: Bytes32
    /// Counts up; smaller = older.
    var arrival: UInt64

    /// Worse first.
    static func < (a: PoolPlace, b: PoolPlace) -> Bool { a.priority == b.priority ? a.arrival > b.arrival : a.priority < b.priority }
}

/// What the pool knows of a transaction without decoding it.
public struct PoolEntry: Hashable, Sendable, BinaryCodable {
    /// Sum of both priority fees as an integer: up to 255 bits («note 07 §11.1»).
    public var priority: Bytes32
    public var arrival: UInt64
    /// As the pool's limit counts it.
    public var size: UInt32
    /// Block of the historical header the proof was made against.
    public var headerNumber: UInt64
    public var headerHash: Fr
    /// Leaf slot of the fee payer's balance.
    public var balanceSlot: Fr
    public var feeLimit: Fr
    /// What setup adds to the payer's balance.
    public var claimed: Fr
    /// The last block that may include it; `UInt64.max`: any.
    public var lastBlock: UInt64
    public var nullifiers: [Fr]

    /// Two parts of a transaction with 64 each.
    static let maximumNullifiers = 2 * ProtocolConstants.maxNullifiersPerTx

    public init(_ tx: Tx, arrival: UInt64, headerHash: Fr) {
        priority = Self.priority(of: tx)
        self.arrival = arrival
        size = UInt32(clamping: tx.size)
        headerNumber = tx.data.constants.historicalHeader.globalVariables.blockNumber.uint64 ?? .max
        self.headerHash = headerHash
        balanceSlot = tx.feePayerBalanceLeafSlot
        feeLimit = tx.gasSettings.feeLimit
        claimed = tx.claimedFeeJuice ?? .zero
        lastBlock = tx.data.rollupValidationRequests.maxBlockNumber.limit.map { $0.uint64 ?? .max } ?? .max
        nullifiers = tx.data.nonEmptyNullifiers
    }

    var place: PoolPlace { PoolPlace(priority: priority, arrival: arrival) }

    /// feePerDaGas + feePerL2Gas, not reduced.
    public static func priority(of tx: Tx) -> Bytes32 {
        let fees = tx.gasSettings.maxPriorityFeesPerGas
        var sum = fees.feePerDaGas.bytes
        var carry: UInt16 = 0
        for (index, byte) in fees.feePerL2Gas.bytes.enumerated().reversed() {
            carry += UInt16(sum[index]) + UInt16(byte)
            sum[index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
        guard let value = Bytes32(sum) else { preconditionFailure("a sum of two field elements takes 32 bytes") }
        return value
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        priority = try Bytes32(from: &reader)
        arrival = try reader.readUInt64("arrival")
        size = try reader.readUInt32("size")
        headerNumber = try reader.readUInt64("header number")
        headerHash = try Fr(from: &reader)
        balanceSlot = try Fr(from: &reader)
        feeLimit = try Fr(from: &reader)
        claimed = try Fr(from: &reader)
        lastBlock = try reader.readUInt64("last block")
        let count = try reader.readCount(maximum: Self.maximumNullifiers, minimumElementBytes: 32, "nullifiers")
        nullifiers = []
        nullifiers.reserveCapacity(count)
        for _ in 0..<count { nullifiers.append(try Fr(from: &reader)) }
    }

    public func write(to writer: inout ByteWriter) {
        priority.write(to: &writer)
        writer.write(arrival)
        writer.write(size)
        writer.write(headerNumber)
        headerHash.write(to: &writer)
        balanceSlot.write(to: &writer)
        feeLimit.write(to: &writer)
        claimed.write(to: &writer)
        writer.write(lastBlock)
        writer.write(UInt32(nullifiers.count))
        for nullifier in nullifiers { nullifier.write(to: &writer) }
    }
}

/// A transaction with its hash, which costs more than everything else about it.
public struct HashedTransaction: Sendable {
    public let hash: TxHash
    public let tx: Tx

    /// - Precondition: `hash` is that of `tx`.
    public init(_ tx: Tx, hash: TxHash) {
        self.tx = tx
        self.hash = hash
    }

    public init(_ tx: Tx) { self.init(tx, hash: tx.hash()) }

    /// Several side by side: from some eight on at a fraction of the time each.
    public static func hashing(_ txs: [Tx]) -> [HashedTransaction] {
        zip(txs, Tx.hashes(of: txs)).map { HashedTransaction($0, hash: $1) }
    }
}
