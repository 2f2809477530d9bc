public import Bytes
public import Field
public import JSON

/// The header of an L2 block (note 02 §3).
public struct BlockHeader: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var lastArchive: AppendOnlyTreeSnapshot
    public var contentCommitment: ContentCommitment
    public var state: StateReference
    public var globalVariables: GlobalVariables
    public var totalFees: Fr
    public var totalManaUsed: Fr

    public init(
        lastArchive: AppendOnlyTreeSnapshot, contentCommitment: ContentCommitment, state: StateReference, globalVariables: GlobalVariables, totalFees: Fr, totalManaUsed: Fr
    ) {
        self.lastArchive = lastArchive
        self.contentCommitment = contentCommitment
        self.state = state
        self.globalVariables = globalVariables
        self.totalFees = totalFees
        self.totalManaUsed = totalManaUsed
    }

    public static let zero = BlockHeader(lastArchive: .zero, contentCommitment: .zero, state: .zero, globalVariables: .zero, totalFees: .zero, totalManaUsed: .zero)
    public static let byteCount = 648

    public init(from reader: inout ByteReader) throws(DecodingError) {
        lastArchive = try AppendOnlyTreeSnapshot(from: &reader)
        contentCommitment = try ContentCommitment(from: &reader)
        state = try StateReference(from: &reader)
        globalVariables = try GlobalVariables(from: &reader)
        totalFees = try Fr(from: &reader)
        totalManaUsed = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        lastArchive.write(to: &writer)
        contentCommitment.write(to: &writer)
        state.write(to: &writer)
        globalVariables.write(to: &writer)
        totalFees.write(to: &writer)
        totalManaUsed.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        lastArchive.append(to: &fields)
        contentCommitment.append(to: &fields)
        state.append(to: &fields)
        globalVariables.append(to: &fields)
        totalFees.append(to: &fields)
        totalManaUsed.append(to: &fields)
    }
}

extension BlockHeader: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("lastArchive", lastArchive)
        writer.member("contentCommitment", contentCommitment)
        writer.member("state", state)
        writer.member("globalVariables", globalVariables)
        writer.member("totalFees", totalFees)
        writer.member("totalManaUsed", totalManaUsed)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        lastArchive = try json.decode("lastArchive")
        contentCommitment = try json.decode("contentCommitment")
        state = try json.decode("state")
        globalVariables = try json.decode("globalVariables")
        totalFees = try json.decode("totalFees")
        totalManaUsed = try json.decode("totalManaUsed")
    }
}
