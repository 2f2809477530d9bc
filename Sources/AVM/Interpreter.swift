public import Protocol

/// Runs calls. Keeps its memory between calls, so keep it for as long as there are transactions. Not for use from two threads.
public final class Interpreter {
    private let pool = MemoryPool()
    private var counts = OperationCounts()

    /// Whether executions are counted by operation. Costs nothing when off.
    public var countsOpcodes = false

    /// Off: every instruction goes through its full function, which gives the same and takes longer. For tests.
    public var usesShortcuts = true

    public init() {}

    /// Executions by name of the operation («ADD», «SET», whatever their widths) since the last `resetOpcodeCounts`.
    public var opcodeCounts: [(name: String, count: Int)] {
        var byName: [String: Int] = [:]
        for operation in Operation.allCases { byName[operation.name, default: 0] += counts.counts[Int(operation.rawValue)] }
        return byName.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Executions by place in `operationNames` since the last `resetOpcodeCounts`.
    public var operationCounts: [UInt64] { counts.counts.map { UInt64($0) } }

    /// Names of all operations.
    public static var operationNames: [String] { Operation.allCases.map(\.name) }

    public func resetOpcodeCounts() { counts = OperationCounts() }

    /// Bytes of cells that the most demanding call since the last `resetPeakMemory` held at a time.
    public var peakMemoryByteCount: Int { pool.state.pointee.peakByteCount }

    public func resetPeakMemory() { pool.state.pointee.peakByteCount = 0 }

    /// Most gas a call may start with; more is fatal.
    public static let maximumL2Gas: UInt32 = 6_000_000
    static let tooMuchGas = "Cannot allocate more than \(maximumL2Gas) to the AVM for execution."

    /// Instructions of one transaction. Gas allows 4 million in two phases; beyond are only SUCCESSCOPYs, which are free:
    /// 23,000 of them for 3 gas, hours for the gas of a transaction. The reference needs 10 s for as many as this, so
    /// nobody gets more of them into a block.
    public static let maximumInstructions = 1 << 25

    private var instructionsLeft = maximumInstructions

    /// The calls that follow are another transaction's.
    public func beginTransaction() { instructionsLeft = Self.maximumInstructions }

    /// Runs one enqueued call and what it calls. The host's journal is as before when the call reverted: the caller
    /// decides about the phase. Precondition: `program` is not empty.
    /// - Parameters:
    ///   - isCancelled: asked now and then, at least every few milliseconds.
    /// - Throws: `fatal`, `interrupted`, `unavailable`; never `halt`. Forks of the journal that the call had opened
    ///   have been rejected then.
    public func run(
        _ call: AVMCall, program: Program, globals: GlobalVariables, host: any AVMHost, isCancelled: () -> Bool
    ) throws(AVMFault) -> AVMOutcome {
        precondition(!program.bytecode.isEmpty)
        try Machine.requireSelector(call.calldata)
        guard call.gas.l2Gas <= Self.maximumL2Gas else {
            throw .fatal(Self.tooMuchGas)
        }
        return try withoutActuallyEscaping(isCancelled) { (isCancelled) throws(AVMFault) in
            var machine = Machine(
                call, program, globals, host, pool.state, shortcutsAreOff: !usesShortcuts, instructionLimit: instructionsLeft,
                isCancelled: isCancelled)
            defer {
                instructionsLeft -= machine.executed
                machine.release()
                pool.state.pointee.trim()
            }
            if countsOpcodes { return try machine.run(&counts) }
            var none = NoProfile()
            return try machine.run(&none)
        }
    }
}
