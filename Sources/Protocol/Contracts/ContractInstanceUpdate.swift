public import Bytes
public import Field
public import JSON

/// A scheduled change of an instance's class.
public struct ContractInstanceUpdate: Hashable, Sendable, BinaryCodable {
    public var prevContractClassId: Fr
    public var newContractClassId: Fr
    /// From this block on the new class is in force.
    public var blockOfChange: UInt32

    public init(prevContractClassId: Fr, newContractClassId: Fr, blockOfChange: UInt32) {
        self.prevContractClassId = prevContractClassId
        self.newContractClassId = newContractClassId
        self.blockOfChange = blockOfChange
    }

    /// The class at block `number`; nil when the instance still has its original one.
    public func classId(atBlock number: UInt32) -> Fr? {
        let id = number < blockOfChange ? prevContractClassId : newContractClassId
        return id.isZero ? nil : id
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        prevContractClassId = try Fr(from: &reader)
        newContractClassId = try Fr(from: &reader)
        blockOfChange = try reader.readUInt32("block of change")
    }

    public func write(to writer: inout ByteWriter) {
        prevContractClassId.write(to: &writer)
        newContractClassId.write(to: &writer)
        writer.write(blockOfChange)
    }
}

extension ContractInstanceUpdate: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("prevContractClassId", prevContractClassId)
        writer.member("newContractClassId", newContractClassId)
        writer.member("blockOfChange", blockOfChange)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        prevContractClassId = try json.decode("prevContractClassId")
        newContractClassId = try json.decode("newContractClassId")
        let block = try json.required("blockOfChange")
        guard let number = block.double, number >= 0, number == number.rounded() else {
            throw JSONError("a block number that is not negative is expected", at: block)
        }
        blockOfChange = try block.plainUInt32()
    }
}
