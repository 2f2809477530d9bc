public import Field
public import Protocol

/// Parts of a transaction in the order they run.
public enum ExecutionPhase: String, Sendable, CaseIterable {
    case setup = "SETUP"
    case appLogic = "APP_LOGIC"
    case teardown = "TEARDOWN"
}

/// A public call that was enqueued by private execution, after it ran.
public struct ExecutedCall: Sendable, Equatable {
    public var gasUsed: Gas
    /// Those of nested calls included.
    public var instructions: Int
    public var reverted: Bool
    /// Return or revert data; empty after a halt.
    public var output: [Fr]
}

/// A phase that ran: its calls up to the first that failed.
public struct ExecutedPhase: Sendable, Equatable {
    public var phase: ExecutionPhase
    public var calls: [ExecutedCall] = []
    public var revertReason: SimulationError?

    public var reverted: Bool { calls.last?.reverted == true }
}
