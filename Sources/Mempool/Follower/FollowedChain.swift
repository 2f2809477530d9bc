public import Field
public import PublicExecution

/// The chain could not be read.
public struct ChainUnavailable: Error, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// The chain as the pools follow it: a database that stands still between two `follow` steps.
public protocol FollowedChain: AnyObject {
    /// Newest, newest proven and newest finalised block.
    func tips() throws(ChainUnavailable) -> (latest: UInt64, proven: UInt64, finalized: UInt64)
    /// Header hash; nil when there is no such block.
    func blockHash(_ number: UInt64) throws(ChainUnavailable) -> Fr?
    func minedBlock(_ number: UInt64) throws(ChainUnavailable) -> MinedBlock?
    /// State after a block; nil when it is no longer readable.
    func stateIfReadable(at block: UInt64) -> (any ExecutionBase)?
}
