import Bytes
import Field
import Protocol

// What only a simulation tells: it never gets into a block. A program may return or call more than anybody reads, for
// little gas: what goes beyond the limits stays behind, since a result that is refused would take its executor for mad.
extension SimulationError {
    init(wire reader: inout ByteReader) throws(DecodingError) {
        let message = try reader.readText(maximum: WireLimits.text, "message")
        var stack: [FailingFunction] = []
        for _ in 0..<(try reader.readCount(maximum: WireLimits.frames, minimumElementBytes: 35, "function stack")) {
            let address = try AztecAddress(from: &reader)
            let contract = try reader.readIfPresent("contract name") { reader throws(DecodingError) in try reader.readText(maximum: 1024, "contract name") }
            let selector = try reader.readIfPresent("selector") { reader throws(DecodingError) in FunctionSelector(try reader.readUInt32("selector")) }
            let function = try reader.readIfPresent("function name") { reader throws(DecodingError) in try reader.readText(maximum: 1024, "function name") }
            stack.append(FailingFunction(contractAddress: address, contractName: contract, functionSelector: selector, functionName: function))
        }
        let data = try reader.readList(Fr.self, maximum: WireLimits.values, bytes: 32, "revert data")
        var noir: NoirCallStack?
        if try reader.readFlag("opcodes") {
            var opcodes: [String] = []
            for _ in 0..<(try reader.readCount(maximum: WireLimits.frames, minimumElementBytes: 4, "opcodes")) {
                opcodes.append(try reader.readText(maximum: 1024, "opcode"))
            }
            noir = .opcodes(opcodes)
        }
        self.init(originalMessage: message, functionErrorStack: stack, revertData: data, noirErrorStack: noir)
    }

    /// Executors know opcodes only, never source locations.
    func writeWire(to writer: inout ByteWriter) {
        writer.writeText(originalMessage, maximum: WireLimits.text)
        let functions = functionErrorStack.prefix(WireLimits.frames)
        writer.write(UInt32(functions.count))
        for function in functions {
            function.contractAddress.write(to: &writer)
            writer.writeIfPresent(function.contractName) { $1.writeText($0, maximum: 1024) }
            writer.writeIfPresent(function.functionSelector) { $1.write($0.value) }
            writer.writeIfPresent(function.functionName) { $1.writeText($0, maximum: 1024) }
        }
        writer.writeVector(Array(revertData.prefix(WireLimits.values)))
        if case .opcodes(let all)? = noirErrorStack {
            // The innermost ones say where it failed.
            let opcodes = all.suffix(WireLimits.frames)
            writer.writeFlag(true)
            writer.write(UInt32(opcodes.count))
            for opcode in opcodes { writer.writeText(opcode, maximum: 1024) }
        } else {
            writer.writeFlag(false)
        }
    }
}

extension NestedProcessReturnValues {
    init(wire reader: inout ByteReader, depth: Int) throws(DecodingError) {
        guard depth < WireLimits.depth else { throw reader.failure("return values: nested too deeply") }
        let values = try reader.readIfPresent("values") { reader throws(DecodingError) in
            try reader.readList(Fr.self, maximum: WireLimits.values, bytes: 32, "return values")
        }
        var nested: [NestedProcessReturnValues] = []
        for _ in 0..<(try reader.readCount(maximum: WireLimits.frames, minimumElementBytes: 5, "nested values")) {
            nested.append(try NestedProcessReturnValues(wire: &reader, depth: depth + 1))
        }
        self.init(values: values, nested: nested)
    }

    /// `room`: values that may still be written.
    func writeWire(to writer: inout ByteWriter, room: inout Int) {
        let values = values.map { (all: [Fr]) in Array(all.prefix(room)) }
        room -= values?.count ?? 0
        writer.writeIfPresent(values) { $1.writeVector($0) }
        writer.write(UInt32(nested.count))
        for values in nested { values.writeWire(to: &writer, room: &room) }
    }
}
