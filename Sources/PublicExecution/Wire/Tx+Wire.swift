public import Bytes
import Field
public import Protocol

// A transaction between our own processes, without proof. The protocol's form is 54 kB of mostly zeros, which cost more
// to look through than a small transaction to execute: here lists stand behind their counts, without padding.
extension Tx {
    /// - Throws: also when a list is longer than a transaction's.
    public init(wire bytes: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(bytes)
        let isForPublic = try reader.readFlag("for public")
        let constants = try TxConstantData(from: &reader)
        let requests = try RollupValidationRequests(from: &reader)
        let gasUsed = try Gas(from: &reader)
        let payer = try AztecAddress(from: &reader)
        let destination: PrivateKernelTailCircuitPublicInputs.Destination
        if isForPublic {
            destination = .forPublic(PrivateTailForPublic(
                nonRevertibleAccumulatedData: try PrivateToPublicAccumulatedData(wire: &reader),
                revertibleAccumulatedData: try PrivateToPublicAccumulatedData(wire: &reader), publicTeardownCallRequest: try PublicCallRequest(from: &reader)))
        } else {
            destination = .forRollup(try PrivateToRollupAccumulatedData(wire: &reader))
        }
        var logs: [ContractClassLogFields] = []
        for _ in 0..<(try reader.readUInt8("class logs")) { logs.append(try ContractClassLogFields(wire: &reader)) }
        let calldata: [HashedValues] = try reader.readShortVector(minimumElementBytes: 36)
        try reader.requireEnd("transaction")
        self.init(
            data: PrivateKernelTailCircuitPublicInputs(
                constants: constants, rollupValidationRequests: requests, gasUsed: gasUsed, feePayer: payer, destination: destination),
            clientIvcProof: .empty, contractClassLogs: logs, publicFunctionCalldata: calldata)
    }

    /// Logs and calldata are at most 255, as in the protocol's form.
    public var wire: [UInt8] {
        var writer = ByteWriter(reserving: 4096)
        writer.writeFlag(data.isForPublic)
        data.constants.write(to: &writer)
        data.rollupValidationRequests.write(to: &writer)
        data.gasUsed.write(to: &writer)
        data.feePayer.write(to: &writer)
        switch data.destination {
        case .forPublic(let parts):
            parts.nonRevertibleAccumulatedData.writeWire(to: &writer)
            parts.revertibleAccumulatedData.writeWire(to: &writer)
            parts.publicTeardownCallRequest.write(to: &writer)
        case .forRollup(let end): end.writeWire(to: &writer)
        }
        writer.write(UInt8(contractClassLogs.count))
        for log in contractClassLogs { log.writeWire(to: &writer) }
        writer.writeShortVector(publicFunctionCalldata)
        return writer.bytes
    }
}

extension PrivateToPublicAccumulatedData {
    fileprivate init(wire reader: inout ByteReader) throws(DecodingError) {
        self.init()
        effects = try PrivateToRollupAccumulatedData(wire: &reader)
        publicCallRequests = try reader.readItems(like: publicCallRequests, "public call requests") { reader throws(DecodingError) in try PublicCallRequest(from: &reader) }
    }

    fileprivate func writeWire(to writer: inout ByteWriter) {
        effects.writeWire(to: &writer)
        writer.writeItems(publicCallRequests) { $0.write(to: &$1) }
    }
}

extension PrivateToRollupAccumulatedData {
    fileprivate init(wire reader: inout ByteReader) throws(DecodingError) {
        self.init()
        noteHashes = try reader.readItems(like: noteHashes, "note hashes") { reader throws(DecodingError) in try Fr(from: &reader) }
        nullifiers = try reader.readItems(like: nullifiers, "nullifiers") { reader throws(DecodingError) in try Fr(from: &reader) }
        l2ToL1Msgs = try reader.readItems(like: l2ToL1Msgs, "messages to L1") { reader throws(DecodingError) in try ScopedL2ToL1Message(from: &reader) }
        privateLogs = try reader.readItems(like: privateLogs, "private logs") { reader throws(DecodingError) in try PrivateLog(wire: &reader) }
        contractClassLogsHashes = try reader.readItems(like: contractClassLogsHashes, "class log hashes") { reader throws(DecodingError) in try ScopedLogHash(from: &reader) }
    }

    fileprivate func writeWire(to writer: inout ByteWriter) {
        writer.writeItems(noteHashes) { $0.write(to: &$1) }
        writer.writeItems(nullifiers) { $0.write(to: &$1) }
        writer.writeItems(l2ToL1Msgs) { $0.write(to: &$1) }
        writer.writeItems(privateLogs) { $0.writeWire(to: &$1) }
        writer.writeItems(contractClassLogsHashes) { $0.write(to: &$1) }
    }
}

extension ByteReader {
    /// A list of the capacity of `list`, behind its count.
    fileprivate mutating func readItems<Item>(
        like list: PaddedList<Item>, _ what: StaticString, _ item: (inout ByteReader) throws(DecodingError) -> Item
    ) throws(DecodingError) -> PaddedList<Item> {
        let count = Int(try readUInt8(what))
        guard count <= list.capacity else { throw failure("\(what): \(count) are more than \(list.capacity)") }
        if count == 0 { return list }
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try item(&self)) }
        return PaddedList(items, capacity: list.capacity)
    }

    /// Fields behind their count, at most `size` of them.
    fileprivate mutating func readFields(atMost size: Int, _ what: StaticString) throws(DecodingError) -> [Fr] {
        let count = Int(try readUInt16(what))
        guard count <= size else { throw failure("\(what): \(count) fields are more than \(size)") }
        return try readArray(count: count, minimumElementBytes: 32)
    }
}

extension ByteWriter {
    fileprivate mutating func writeItems<Item>(_ list: PaddedList<Item>, _ put: (Item, inout ByteWriter) -> Void) {
        write(UInt8(list.items.count))
        for item in list.items { put(item, &self) }
    }

    /// Without the zeros at the end.
    fileprivate mutating func writeFields(_ fields: [Fr]) {
        let count = (fields.lastIndex { !$0.isZero } ?? -1) + 1
        write(UInt16(count))
        for field in fields.prefix(count) { field.write(to: &self) }
    }
}

// Logs have a fixed size in the protocol's form; the zeros at their end stay behind.
extension PrivateLog {
    init(wire reader: inout ByteReader) throws(DecodingError) {
        self.init(emitted: try reader.readFields(atMost: Self.size, "private log"))
        emittedLength = try reader.readUInt32("emitted length")
    }

    func writeWire(to writer: inout ByteWriter) {
        writer.writeFields(fields)
        writer.write(emittedLength)
    }
}

extension PublicLog {
    init(wire reader: inout ByteReader) throws(DecodingError) {
        let address = try AztecAddress(from: &reader)
        self.init(contractAddress: address, emitted: try reader.readFields(atMost: Self.size, "public log"))
        emittedLength = try reader.readUInt32("emitted length")
    }

    func writeWire(to writer: inout ByteWriter) {
        contractAddress.write(to: &writer)
        writer.writeFields(fields)
        writer.write(emittedLength)
    }
}

extension ContractClassLogFields {
    init(wire reader: inout ByteReader) throws(DecodingError) {
        self.init(try reader.readFields(atMost: Self.size, "class log"))
    }

    func writeWire(to writer: inout ByteWriter) { writer.writeFields(significant) }
}

extension ContractClassLog {
    init(wire reader: inout ByteReader) throws(DecodingError) {
        let address = try AztecAddress(from: &reader)
        let fields = try ContractClassLogFields(wire: &reader)
        self.init(contractAddress: address, fields: fields, emittedLength: try reader.readUInt32("emitted length"))
    }

    func writeWire(to writer: inout ByteWriter) {
        contractAddress.write(to: &writer)
        fields.writeWire(to: &writer)
        writer.write(emittedLength)
    }
}
