public import Bytes
public import Field
import Hashing
public import JSON

/// An L2→L1 message with the contract that sends it.
public struct ScopedL2ToL1Message: PaddedItem {
    public var message: L2ToL1Message
    public var contractAddress: AztecAddress

    public init(message: L2ToL1Message, contractAddress: AztecAddress) {
        self.message = message
        self.contractAddress = contractAddress
    }

    public static let padding = ScopedL2ToL1Message(message: .padding, contractAddress: .zero)
    public static let byteCount = 88
    public static let fieldCount = 4

    public var isEmpty: Bool { message.isEmpty && contractAddress.isZero }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        message = try L2ToL1Message(from: &reader)
        contractAddress = try AztecAddress(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        message.write(to: &writer)
        contractAddress.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        message.append(to: &fields)
        fields.append(contractAddress.field)
    }

    /// The leaf that a tx effect carries: `sha256Trunc(sender ‖ version ‖ recipient ‖ chainId ‖ content)`, zero when
    /// there is no sender (note 02 §5).
    public func siloed(version: Fr, chainId: Fr) -> Fr {
        if contractAddress.isZero { return .zero }
        return SHA256.truncatedToField([contractAddress.field, version, message.recipient.field, chainId, message.content])
    }
}

extension ScopedL2ToL1Message: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("message", message)
        writer.member("contractAddress", contractAddress)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        message = try json.decode("message")
        contractAddress = try json.decode("contractAddress")
    }
}
