public import Bytes
public import Field
public import JSON

/// A message from L2 to an address on L1, before it is scoped to its sender.
public struct L2ToL1Message: PaddedItem {
    public var recipient: EthAddress
    public var content: Fr
    public var counter: UInt32

    public init(recipient: EthAddress, content: Fr, counter: UInt32) {
        self.recipient = recipient
        self.content = content
        self.counter = counter
    }

    public static let padding = L2ToL1Message(recipient: .zero, content: .zero, counter: 0)
    public static let byteCount = 56
    public static let fieldCount = 3

    public var isEmpty: Bool { recipient.isZero && content.isZero && counter == 0 }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        recipient = try EthAddress(from: &reader)
        content = try Fr(from: &reader)
        counter = try reader.readUInt32("message counter")
    }

    public func write(to writer: inout ByteWriter) {
        recipient.write(to: &writer)
        content.write(to: &writer)
        writer.write(counter)
    }

    public func append(to fields: inout [Fr]) {
        recipient.append(to: &fields)
        fields.append(content)
        fields.append(Fr(UInt64(counter)))
    }
}

extension L2ToL1Message: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("recipient", recipient)
        writer.member("content", content)
        writer.member("counter", counter)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        recipient = try json.decode("recipient")
        content = try json.decode("content")
        counter = try json.required("counter").coercedUInt32()
    }
}
