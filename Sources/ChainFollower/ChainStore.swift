public import Archive
import Diagnostics
public import Field
public import Protocol
public import Storage
public import WorldState

/// Why the chain database refused or could not take a change.
public enum ChainStoreError: Error, Sendable, CustomStringConvertible {
    case archive(ArchiveError)
    case storage(StorageError)
    case worldState(String)
    /// A message that may not follow the last one.
    case message(String)
    /// The trees after a block are not what its header says, and were not the cause themselves.
    case rootsDiffer(block: UInt64, String)
    case belowFinalized(block: UInt64, finalized: UInt64)

    /// No retry mends it: the process stops and says so.
    public var isFatal: Bool {
        switch self {
        case .storage, .belowFinalized: true
        case .archive(.storage), .archive(.corrupt): true
        case .archive(.refused), .worldState, .message, .rootsDiffer: false
        }
    }

    public var description: String {
        switch self {
        case .archive(let error): error.description
        case .storage(let error): error.description
        case .worldState(let reason), .message(let reason): reason
        case .rootsDiffer(let block, let reason): "block \(block): \(reason)"
        case .belowFinalized(let block, let finalized):
            "L1 was reorganised below the finalized block: block \(block) would be unwound, \(finalized) is final. Check the L1 host; to follow it anyway, move the data directory away."
        }
    }
}
