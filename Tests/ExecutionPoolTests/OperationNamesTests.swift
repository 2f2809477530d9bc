import AVM
import Messages
import Testing

/// Executors count by the interpreter's places; metrics and `aztec monitor` name them.
@Suite struct OperationNamesTests {
    @Test func metricsNameWhatTheInterpreterCounts() {
        var sets = ["set", "set_constant", "set_uncached", "set_invalid"].makeIterator()
        #expect(MetricsSchema.operations == Interpreter.operationNames.map { $0 == "SET" ? sets.next()! : $0.lowercased() })
    }
}
