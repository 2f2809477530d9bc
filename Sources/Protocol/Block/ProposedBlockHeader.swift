public import Bytes
public import Field
import Hashing
public import JSON

/// The 348 bytes of a header that validators sign and L1 stores the hash of (note 02 §3).
public struct ProposedBlockHeader: Hashable, Sendable, BinaryCodable {
    public var lastArchiveRoot: Fr
    public var contentCommitment: ContentCommitment
    public var slotNumber: Fr
    /// Seconds since 1970.
    public var timestamp: UInt64
    public var coinbase: EthAddress
    public var feeRecipient: AztecAddress
    public var gasFees: GasFees
    public var totalManaUsed: Fr

    public init(
        lastArchiveRoot: Fr, contentCommitment: ContentCommitment, slotNumber: Fr, timestamp: UInt64, coinbase: EthAddress,
        feeRecipient: AztecAddress, gasFees: GasFees, totalManaUsed: Fr
    ) {
        self.lastArchiveRoot = lastArchiveRoot
        self.contentCommitment = contentCommitment
        self.slotNumber = slotNumber
        self.timestamp = timestamp
        self.coinbase = coinbase
        self.feeRecipient = feeRecipient
        self.gasFees = gasFees
        self.totalManaUsed = totalManaUsed
    }

    public static let zero = ProposedBlockHeader(
        lastArchiveRoot: .zero, contentCommitment: .zero, slotNumber: .zero, timestamp: 0, coinbase: .zero, feeRecipient: .zero,
        gasFees: .zero, totalManaUsed: .zero)
    public static let byteCount = 348

    /// The hash L1 and signatures use: truncated SHA-256 of the bytes.
    public func hash() -> Fr { SHA256.truncatedToField(serialized) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        lastArchiveRoot = try Fr(from: &reader)
        contentCommitment = try ContentCommitment(from: &reader)
        slotNumber = try Fr(from: &reader)
        timestamp = try reader.readUInt64("timestamp")
        coinbase = try EthAddress(from: &reader)
        feeRecipient = try AztecAddress(from: &reader)
        gasFees = try GasFees(from: &reader)
        totalManaUsed = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        lastArchiveRoot.write(to: &writer)
        contentCommitment.write(to: &writer)
        slotNumber.write(to: &writer)
        writer.write(timestamp)
        coinbase.write(to: &writer)
        feeRecipient.write(to: &writer)
        gasFees.write(to: &writer)
        totalManaUsed.write(to: &writer)
    }
}

extension ProposedBlockHeader: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("lastArchiveRoot", lastArchiveRoot)
        writer.member("contentCommitment", contentCommitment)
        writer.member("slotNumber", slotNumber)
        writer.key("timestamp")
        writer.decimalText(timestamp)
        writer.member("coinbase", coinbase)
        writer.member("feeRecipient", feeRecipient)
        writer.member("gasFees", gasFees)
        writer.member("totalManaUsed", totalManaUsed)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        lastArchiveRoot = try json.decode("lastArchiveRoot")
        contentCommitment = try json.decode("contentCommitment")
        slotNumber = try json.decode("slotNumber")
        timestamp = try json.required("timestamp").coercedUInt64()
        coinbase = try json.decode("coinbase")
        feeRecipient = try json.decode("feeRecipient")
        gasFees = try json.decode("gasFees")
        totalManaUsed = try json.decode("totalManaUsed")
    }
}
