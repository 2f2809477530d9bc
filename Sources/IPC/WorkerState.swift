/// A worker's own view of where it is, in its region.
public enum WorkerState: UInt64, Sendable, CaseIterable {
    /// No process is attached.
    case dead = 0
    case booting = 1
    case running = 2
    case stopping = 3

    public var name: String {
        switch self {
        case .dead: "dead"
        case .booting: "booting"
        case .running: "running"
        case .stopping: "stopping"
        }
    }
}

/// How a worker process ends, beside 0 for an ordered stop.
public enum WorkerExit {
    /// Something failed that may work next time: restart after a back-off.
    public static let retry: Int32 = 1
    /// It cannot work with this configuration or data; restarting is pointless (EX_CONFIG of sysexits.h).
    public static let permanent: Int32 = 78
}

/// Thrown by a worker that cannot go on. `isPermanent`: no restart, the operator must act.
public struct WorkerFailure: Error, Sendable, CustomStringConvertible {
    public var description: String
    public var isPermanent: Bool

    public init(_ description: String, isPermanent: Bool = false) {
        self.description = description
        self.isPermanent = isPermanent
    }
}
