/// How an instruction ends what it is part of («note 03 §0»).
public enum AVMFault: Error, Sendable, Equatable {
    /// An exceptional halt: the frame is rolled back and all its gas is gone.
    case halt(HaltReason)
    /// The reference throws something else here: the whole transaction is dropped from the block.
    case fatal(String)
    /// The deadline passed, or the execution was cancelled: nothing is said of the transaction.
    case interrupted
    /// The state could not be read (block unwound, database damaged): nothing is said of the transaction.
    case unavailable(String)
}
