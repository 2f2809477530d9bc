import Bytes
import Storage

/// Why the archive could not answer or store.
public enum ArchiveError: Error, Sendable, CustomStringConvertible {
    case storage(StorageError)
    /// A record does not decode: the database is damaged or from another schema.
    case corrupt(what: String, DecodingError)
    /// A request the caller must not make, worded as the reference does (note 05 §10).
    case refused(String)

    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .corrupt(let what, let error):
            "The chain database holds a damaged record (\(what): \(error)). Stop the node, move the data directory away and sync again."
        case .refused(let reason): reason
        }
    }
}
