public import Bytes
public import Field
public import JSON

/// A public call that private execution enqueued; the calldata travels beside it, under its hash.
public struct PublicCallRequest: PaddedItem {
    public var msgSender: AztecAddress
    public var contractAddress: AztecAddress
    public var isStaticCall: Bool
    public var calldataHash: Fr

    public init(msgSender: AztecAddress, contractAddress: AztecAddress, isStaticCall: Bool, calldataHash: Fr) {
        self.msgSender = msgSender
        self.contractAddress = contractAddress
        self.isStaticCall = isStaticCall
        self.calldataHash = calldataHash
    }

    public static let padding = PublicCallRequest(msgSender: .zero, contractAddress: .zero, isStaticCall: false, calldataHash: .zero)
    public static let byteCount = 97
    public static let fieldCount = 4

    public var isEmpty: Bool { msgSender.isZero && contractAddress.isZero && !isStaticCall && calldataHash.isZero }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        msgSender = try AztecAddress(from: &reader)
        contractAddress = try AztecAddress(from: &reader)
        isStaticCall = try reader.readUInt8("isStaticCall") != 0
        calldataHash = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        msgSender.write(to: &writer)
        contractAddress.write(to: &writer)
        writer.write(UInt8(isStaticCall ? 1 : 0))
        calldataHash.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        fields.append(msgSender.field)
        fields.append(contractAddress.field)
        fields.append(Fr(isStaticCall))
        fields.append(calldataHash)
    }
}

extension PublicCallRequest: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("msgSender", msgSender)
        writer.member("contractAddress", contractAddress)
        writer.member("isStaticCall", isStaticCall)
        writer.member("calldataHash", calldataHash)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        msgSender = try json.decode("msgSender")
        contractAddress = try json.decode("contractAddress")
        isStaticCall = try json.decode("isStaticCall")
        calldataHash = try json.decode("calldataHash")
    }
}
