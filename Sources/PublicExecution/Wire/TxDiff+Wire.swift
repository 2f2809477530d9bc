public import Bytes
import Field
import Protocol

// The commit log's entries. Broadcast functions of a class do not travel: execution knows none.
extension TxDiff: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init()
        publicDataWrites = try reader.readList(maximum: WireLimits.effects, bytes: 64, "public data writes")
        nullifiers = try reader.readList(maximum: WireLimits.effects, bytes: 32, "nullifiers")
        noteHashes = try reader.readList(maximum: ProtocolConstants.maxNoteHashesPerTx, bytes: 32, "note hashes")
        contracts = try PublishedContracts(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        writer.writeVector(publicDataWrites)
        writer.writeVector(nullifiers)
        writer.writeVector(noteHashes)
        contracts.write(to: &writer)
    }
}

extension PublishedContracts: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init()
        for _ in 0..<(try reader.readCount(maximum: WireLimits.contracts, minimumElementBytes: 100, "classes")) {
            let id = try Fr(from: &reader), artifact = try Fr(from: &reader), root = try Fr(from: &reader)
            let count = try reader.readCount(maximum: WireLimits.bytecode, "bytecode")
            classes.append(ContractClassPublic(id: id, artifactHash: artifact, privateFunctionsRoot: root, packedBytecode: Array(try reader.read(count))))
        }
        for _ in 0..<(try reader.readCount(maximum: WireLimits.contracts, minimumElementBytes: 200, "instances")) {
            let address = try AztecAddress(from: &reader)
            instances.append(ContractInstanceWithAddress(instance: try ContractInstance(from: &reader), address: address))
        }
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt32(classes.count))
        for published in classes {
            published.id.write(to: &writer)
            published.artifactHash.write(to: &writer)
            published.privateFunctionsRoot.write(to: &writer)
            writer.write(UInt32(published.packedBytecode.count))
            writer.write(published.packedBytecode)
        }
        writer.write(UInt32(instances.count))
        for published in instances {
            published.address.write(to: &writer)
            published.instance.write(to: &writer)
        }
    }
}
