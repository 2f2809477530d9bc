public import Bytes
public import Field
public import JSON

/// What is the same for every tx of a block. All numbers are field elements, in every form.
public struct GlobalVariables: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var chainId: Fr
    public var version: Fr
    public var blockNumber: Fr
    public var slotNumber: Fr
    public var timestamp: Fr
    public var coinbase: EthAddress
    public var feeRecipient: AztecAddress
    public var gasFees: GasFees

    public init(
        chainId: Fr, version: Fr, blockNumber: Fr, slotNumber: Fr, timestamp: Fr, coinbase: EthAddress, feeRecipient: AztecAddress, gasFees: GasFees
    ) {
        self.chainId = chainId
        self.version = version
        self.blockNumber = blockNumber
        self.slotNumber = slotNumber
        self.timestamp = timestamp
        self.coinbase = coinbase
        self.feeRecipient = feeRecipient
        self.gasFees = gasFees
    }

    public static let zero = GlobalVariables(chainId: .zero, version: .zero, blockNumber: .zero, slotNumber: .zero, timestamp: .zero, coinbase: .zero, feeRecipient: .zero, gasFees: .zero)
    public static let byteCount = 276

    public init(from reader: inout ByteReader) throws(DecodingError) {
        chainId = try Fr(from: &reader)
        version = try Fr(from: &reader)
        blockNumber = try Fr(from: &reader)
        slotNumber = try Fr(from: &reader)
        timestamp = try Fr(from: &reader)
        coinbase = try EthAddress(from: &reader)
        feeRecipient = try AztecAddress(from: &reader)
        gasFees = try GasFees(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        chainId.write(to: &writer)
        version.write(to: &writer)
        blockNumber.write(to: &writer)
        slotNumber.write(to: &writer)
        timestamp.write(to: &writer)
        coinbase.write(to: &writer)
        feeRecipient.write(to: &writer)
        gasFees.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        chainId.append(to: &fields)
        version.append(to: &fields)
        blockNumber.append(to: &fields)
        slotNumber.append(to: &fields)
        timestamp.append(to: &fields)
        coinbase.append(to: &fields)
        feeRecipient.append(to: &fields)
        gasFees.append(to: &fields)
    }
}

extension GlobalVariables: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("chainId", chainId)
        writer.member("version", version)
        writer.member("blockNumber", blockNumber)
        writer.member("slotNumber", slotNumber)
        writer.member("timestamp", timestamp)
        writer.member("coinbase", coinbase)
        writer.member("feeRecipient", feeRecipient)
        writer.member("gasFees", gasFees)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        chainId = try json.decode("chainId")
        version = try json.decode("version")
        blockNumber = try json.decode("blockNumber")
        slotNumber = try json.decode("slotNumber")
        timestamp = try json.decode("timestamp")
        coinbase = try json.decode("coinbase")
        feeRecipient = try json.decode("feeRecipient")
        gasFees = try json.decode("gasFees")
    }
}
