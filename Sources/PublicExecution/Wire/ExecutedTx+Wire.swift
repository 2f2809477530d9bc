public import Bytes
import Field
import Protocol

extension ExecutedTx: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        let effect = try TxEffect(wire: &reader)
        // Nothing else may be committed: other executors would refuse it, and no block could hold it.
        if let violation = effect.violation { throw reader.failure("tx effect: \(violation)") }
        let gas = GasUsed(
            totalGas: try Gas(from: &reader), teardownGas: try Gas(from: &reader), publicGas: try Gas(from: &reader), billedGas: try Gas(from: &reader))
        let diff: TxDiff
        if try reader.readFlag("diff like effect") {
            var same = TxDiff(like: effect)
            same.contracts = try PublishedContracts(from: &reader)
            diff = same
        } else {
            diff = try TxDiff(from: &reader)
        }
        let readSet = try ReadSet(from: &reader)
        let revertReason = try reader.readIfPresent("revert reason") { reader throws(DecodingError) in try SimulationError(wire: &reader) }
        let returned = try reader.readCount(maximum: WireLimits.frames, minimumElementBytes: 2, "return values")
        var returnValues: [NestedProcessReturnValues] = []
        for _ in 0..<returned { returnValues.append(try NestedProcessReturnValues(wire: &reader, depth: 0)) }
        self.init(
            hash: effect.txHash, effect: effect, gasUsed: gas, diff: diff, readSet: readSet, revertReason: revertReason, returnValues: returnValues,
            statistics: try ExecutionStatistics(from: &reader))
    }

    public func write(to writer: inout ByteWriter) {
        effect.writeWire(to: &writer)
        for gas in [gasUsed.totalGas, gasUsed.teardownGas, gasUsed.publicGas, gasUsed.billedGas] { gas.write(to: &writer) }
        // The effect says most of the diff already.
        var same = TxDiff(like: effect)
        same.contracts = diff.contracts
        writer.writeFlag(same == diff)
        if same == diff { diff.contracts.write(to: &writer) } else { diff.write(to: &writer) }
        readSet.write(to: &writer)
        writer.writeIfPresent(revertReason) { $0.writeWire(to: &$1) }
        writer.write(UInt32(returnValues.count))
        var room = WireLimits.values
        for values in returnValues { values.writeWire(to: &writer, room: &room) }
        statistics.write(to: &writer)
    }
}

extension TxDiff {
    fileprivate init(like effect: TxEffect) {
        self.init()
        publicDataWrites = effect.publicDataWrites
        nullifiers = effect.nullifiers
        noteHashes = effect.noteHashes
    }
}

extension TxEffect {
    /// Lists as the reference writes them, logs without the zeros at their end; not judged.
    fileprivate init(wire reader: inout ByteReader) throws(DecodingError) {
        self.init()
        revertCode = try RevertCode(from: &reader)
        txHash = try TxHash(from: &reader)
        transactionFee = try Fr(from: &reader)
        noteHashes = try reader.readShortVector(minimumElementBytes: 32)
        nullifiers = try reader.readShortVector(minimumElementBytes: 32)
        l2ToL1Msgs = try reader.readShortVector(minimumElementBytes: 32)
        publicDataWrites = try reader.readShortVector(minimumElementBytes: 64)
        for _ in 0..<(try reader.readUInt8("private logs")) { privateLogs.append(try PrivateLog(wire: &reader)) }
        for _ in 0..<(try reader.readUInt8("public logs")) { publicLogs.append(try PublicLog(wire: &reader)) }
        for _ in 0..<(try reader.readUInt8("class logs")) { contractClassLogs.append(try ContractClassLog(wire: &reader)) }
    }

    fileprivate func writeWire(to writer: inout ByteWriter) {
        revertCode.write(to: &writer)
        txHash.write(to: &writer)
        transactionFee.write(to: &writer)
        writer.writeShortVector(noteHashes)
        writer.writeShortVector(nullifiers)
        writer.writeShortVector(l2ToL1Msgs)
        writer.writeShortVector(publicDataWrites)
        writer.write(UInt8(privateLogs.count))
        for log in privateLogs { log.writeWire(to: &writer) }
        writer.write(UInt8(publicLogs.count))
        for log in publicLogs { log.writeWire(to: &writer) }
        writer.write(UInt8(contractClassLogs.count))
        for log in contractClassLogs { log.writeWire(to: &writer) }
    }
}

extension ExecutionStatistics: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init()
        instructions = Int(clamping: try reader.readUInt64("instructions"))
        nanoseconds = try reader.readUInt64("nanoseconds")
        let count = try reader.readCount(maximum: 256, minimumElementBytes: 8, "opcodes")
        for _ in 0..<count { opcodes.append(try reader.readUInt64("opcode count")) }
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt64(clamping: instructions))
        writer.write(nanoseconds)
        writer.write(UInt32(opcodes.count))
        for count in opcodes { writer.write(count) }
    }
}

extension TxVerdict: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        switch try reader.readUInt8("verdict") {
        case 0: self = .executed(try ExecutedTx(from: &reader))
        case 1: self = .failed(reason: try reader.readText(maximum: WireLimits.text, "reason"), try ReadSet(from: &reader))
        case 2: self = .skipped(reason: try reader.readText(maximum: WireLimits.text, "reason"), try ReadSet(from: &reader))
        default: throw reader.failure("verdict: unknown kind")
        }
    }

    public func write(to writer: inout ByteWriter) {
        func put(_ kind: UInt8, _ reason: String, _ reads: ReadSet) {
            writer.write(kind)
            writer.writeText(reason, maximum: WireLimits.text)
            reads.write(to: &writer)
        }
        switch self {
        case .executed(let executed):
            writer.write(UInt8(0))
            executed.write(to: &writer)
        case .failed(let reason, let reads): put(1, reason, reads)
        case .skipped(let reason, let reads): put(2, reason, reads)
        }
    }
}
