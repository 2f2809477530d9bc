public import Bytes
import Field
import Protocol

// Entries come in no particular order; a key that comes twice keeps its last value.
extension ReadSet: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init()
        let slots = try reader.readCount(maximum: WireLimits.reads, minimumElementBytes: 64, "read slots")
        publicData.reserveCapacity(slots)
        for _ in 0..<slots {
            let slot = try Fr(from: &reader)
            publicData[slot] = try Fr(from: &reader)
        }
        for _ in 0..<(try reader.readCount(maximum: WireLimits.reads, minimumElementBytes: 33, "read nullifiers")) {
            let nullifier = try Fr(from: &reader)
            nullifiers[nullifier] = try reader.readFlag("nullifier's presence")
        }
        for _ in 0..<(try reader.readCount(maximum: WireLimits.reads, minimumElementBytes: 9, "read note hashes")) {
            let index = try reader.readUInt64("note hash index")
            let leaf = try reader.readIfPresent("note hash") { reader throws(DecodingError) in try Fr(from: &reader) }
            noteHashes[index] = .some(leaf)
        }
        noteHashCount = try reader.readIfPresent("note hash count") { reader throws(DecodingError) in try reader.readUInt64("note hash count") }
        instances = Set(try reader.readList(AztecAddress.self, maximum: WireLimits.reads, bytes: 32, "instances"))
        classes = Set(try reader.readList(Fr.self, maximum: WireLimits.reads, bytes: 32, "classes"))
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt32(publicData.count))
        for (slot, value) in publicData {
            slot.write(to: &writer)
            value.write(to: &writer)
        }
        writer.write(UInt32(nullifiers.count))
        for (nullifier, isThere) in nullifiers {
            nullifier.write(to: &writer)
            writer.writeFlag(isThere)
        }
        writer.write(UInt32(noteHashes.count))
        for (index, leaf) in noteHashes {
            writer.write(index)
            writer.writeIfPresent(leaf) { $0.write(to: &$1) }
        }
        writer.writeIfPresent(noteHashCount) { $1.write($0) }
        writer.writeVector(Array(instances))
        writer.writeVector(Array(classes))
    }
}
