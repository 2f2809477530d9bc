internal import CLinux
import Synchronization

/// What one worker tells all others: state, heartbeat, use of time, cursors of its inputs, metrics. Only that worker writes
/// it (the supervisor does while no process is attached), everyone else maps it read-only.
///
/// | offset | |
/// |---|---|
/// | 0 | `RegionHeader` |
/// | 128 | control words (`Control`) |
/// | 256 | regimes: nanoseconds spent, exclusive (`Regime`) |
/// | 512 | note: sequence, length, up to 1,000 bytes of UTF-8: why it stopped, or what it waits for |
/// | 2,048 | 272 input blocks of 128 bytes (`RingCursorBlock`); memory that is not used is not there |
/// | 36,864 | 1,024 metric slots |
///
/// All words are little-endian `UInt64`, relaxed unless said otherwise: they are figures, not locks.
public final class WorkerRegion {
    public static let bytes = 45_056
    public static let inputLimit = 272
    public static let metricSlots = 1024

    enum Control: Int {
        case state = 128, heartbeat = 136, process = 144, started = 152, running = 160, cpu = 168, resident = 176
        /// Monotonic nanoseconds until which the worker said it may be silent.
        case patience = 184
        /// How the process before this one ended (`Death`); kept by `reset`.
        case death = 192
    }

    public enum Regime: Int, CaseIterable, Sendable {
        case idle = 256, processing = 264, housekeeping = 272, backpressure = 280

        public var name: String {
            switch self {
            case .idle: "idle"
            case .processing: "processing"
            case .housekeeping: "housekeeping"
            case .backpressure: "backpressure"
            }
        }
    }

    static let noteOffset = 512
    static let noteLimit = 1000
    static let metricsOffset = 36_864

    public let mapping: Mapping

    /// `schemaHash` pins what the metric slots mean.
    public static func layoutHash(schemaHash: UInt64) -> UInt64 {
        IPC.layoutHash("worker 2: control@128 regimes@256 note@512 inputs@2048 272*128 metrics@36864 1024*8 schema \(schemaHash)")
    }

    public static func create(name: String, schemaHash: UInt64) throws(IPCError) -> SharedFile {
        try RegionHeader.create(name: name, kind: .worker, count: bytes, layoutHash: layoutHash(schemaHash: schemaHash))
    }

    public init(_ descriptor: Int32, schemaHash: UInt64, writable: Bool) throws(IPCError) {
        mapping = try RegionHeader.join(descriptor, kind: .worker, count: Self.bytes, layoutHash: Self.layoutHash(schemaHash: schemaHash), writable: writable)
    }

    private func read(_ control: Control) -> UInt64 { mapping.word(control.rawValue).pointee.load(ordering: .relaxed) }
    private func write(_ control: Control, _ value: UInt64) { mapping.word(control.rawValue).pointee.store(value, ordering: .relaxed) }

    public static func cursorOffset(input: Int) -> Int { 2048 + input * RingCursorBlock.bytes }

    /// Empties everything but the cursors for a new process. By the supervisor, while none is attached.
    public func reset(generation: UInt64, now: UInt64) {
        let death = read(.death)
        for offset in stride(from: 128, to: 2048, by: 8) { mapping.word(offset).pointee.store(0, ordering: .relaxed) }
        for slot in 0..<Self.metricSlots { mapping.word(Self.metricsOffset + 8 * slot).pointee.store(0, ordering: .relaxed) }
        write(.death, death)
        write(.heartbeat, now)
        write(.started, now)
        mapping.word(RegionHeader.generationOffset).pointee.store(generation, ordering: .relaxed)
        mapping.word(Control.state.rawValue).pointee.store(WorkerState.booting.rawValue, ordering: .releasing)
    }

    public var state: WorkerState {
        get { WorkerState(rawValue: mapping.word(Control.state.rawValue).pointee.load(ordering: .acquiring)) ?? .dead }
        set {
            if newValue == .running { write(.running, ql_monotonic_nanos()) }
            mapping.word(Control.state.rawValue).pointee.store(newValue.rawValue, ordering: .releasing)
        }
    }

    /// Monotonic nanoseconds of the last sign of life.
    public var heartbeatNanos: UInt64 {
        get { read(.heartbeat) }
        set { write(.heartbeat, newValue) }
    }

    public var processID: UInt64 {
        get { read(.process) }
        set { write(.process, newValue) }
    }

    public var startedNanos: UInt64 { read(.started) }
    /// When the state became running; 0 before.
    public var runningNanos: UInt64 { read(.running) }
    public var patienceNanos: UInt64 {
        get { read(.patience) }
        set { write(.patience, newValue) }
    }
    /// Processor time of the process.
    public var cpuNanos: UInt64 {
        get { read(.cpu) }
        set { write(.cpu, newValue) }
    }
    public var residentBytes: UInt64 {
        get { read(.resident) }
        set { write(.resident, newValue) }
    }
    /// How a process ended.
    public enum Death: UInt64, Sendable {
        case none = 0
        /// Killed or stopped from outside.
        case fromOutside = 1
        /// A crash, an exit nobody asked for, or hung and therefore killed.
        case ownFault = 2
    }

    /// Of the process before the present one; written by the supervisor before it says «dead».
    public var lastDeath: Death {
        get { Death(rawValue: read(.death)) ?? .none }
        set { write(.death, newValue.rawValue) }
    }
    public var generation: UInt64 { mapping.word(RegionHeader.generationOffset).pointee.load(ordering: .relaxed) }

    public subscript(regime: Regime) -> UInt64 {
        get { mapping.word(regime.rawValue).pointee.load(ordering: .relaxed) }
        set { mapping.word(regime.rawValue).pointee.store(newValue, ordering: .relaxed) }
    }

    public func metric(_ slot: Int) -> UInt64 {
        precondition(slot >= 0 && slot < Self.metricSlots)
        return mapping.word(Self.metricsOffset + 8 * slot).pointee.load(ordering: .relaxed)
    }

    public func setMetric(_ slot: Int, _ value: UInt64) {
        precondition(slot >= 0 && slot < Self.metricSlots)
        mapping.word(Self.metricsOffset + 8 * slot).pointee.store(value, ordering: .relaxed)
    }

    /// Counters of input `input`, as its consumer last published them.
    public func input(_ input: Int, _ field: Int) -> UInt64 {
        precondition(input >= 0 && input < Self.inputLimit && field >= 0 && field < RingCursorBlock.bytes)
        return mapping.word(Self.cursorOffset(input: input) + field).pointee.load(ordering: .relaxed)
    }

    /// Frees the producers from waiting for this worker. By the supervisor, when it gives a dead worker up.
    public func leaveInputs(_ count: Int = WorkerRegion.inputLimit) {
        for input in 0..<min(count, Self.inputLimit) { mapping.word(Self.cursorOffset(input: input)).pointee.store(RingCursorBlock.left, ordering: .releasing) }
    }

    /// A sentence for the operator. A reader gets the old or the new one, never a mix.
    public var note: String {
        get {
            var bytes = [UInt8](repeating: 0, count: Self.noteLimit)
            for _ in 0..<100 {
                let before = mapping.word(Self.noteOffset).pointee.load(ordering: .acquiring)
                let count = min(Int(truncatingIfNeeded: mapping.word(Self.noteOffset + 8).pointee.load(ordering: .relaxed) & 0xffff), Self.noteLimit)
                bytes.withUnsafeMutableBytes { ql_copy_from_shared($0.baseAddress!, mapping.base + Self.noteOffset + 16, count) }
                atomicMemoryFence(ordering: .acquiring)
                guard before & 1 == 0, mapping.word(Self.noteOffset).pointee.load(ordering: .relaxed) == before else { continue }
                return String(decoding: bytes[..<count].map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }, as: UTF8.self)
            }
            return ""
        }
        set {
            var bytes = Array(newValue.utf8.prefix(Self.noteLimit))
            let sequence = mapping.word(Self.noteOffset).pointee.load(ordering: .relaxed) & ~1
            mapping.word(Self.noteOffset).pointee.store(sequence &+ 1, ordering: .relaxed)
            atomicMemoryFence(ordering: .releasing)
            mapping.word(Self.noteOffset + 8).pointee.store(UInt64(bytes.count), ordering: .relaxed)
            bytes.append(0)
            bytes.withUnsafeBytes { ql_copy_to_shared(mapping.base + Self.noteOffset + 16, $0.baseAddress!, $0.count - 1) }
            mapping.word(Self.noteOffset).pointee.store(sequence &+ 2, ordering: .releasing)
        }
    }
}
