public import Protocol

/// Runs calls. Keeps its memory between calls, so keep it for as long as there are transactions. Not for use from two threads.
public final class Interpreter {
    public init() {}

    /// Runs one enqueued call and what it calls. The host's journal is as before when the call reverted: the caller
    /// decides about the phase. Precondition: `program` is not empty.
    /// - Parameters:
    ///   - isCancelled: asked now and then, at least every few milliseconds.
    /// - Throws: `fatal`, `interrupted`, `unavailable`; never `halt`.
    public func run(
        _ call: AVMCall, program: Program, globals: GlobalVariables, host: any AVMHost, isCancelled: () -> Bool
    ) throws(AVMFault) -> AVMOutcome {
        throw .unavailable("the interpreter lands with the instructions")
    }
}
