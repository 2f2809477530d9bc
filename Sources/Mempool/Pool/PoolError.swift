public import Bytes
public import Storage

/// Why a pool could not answer or store.
public enum PoolError: Error, Sendable, CustomStringConvertible {
    case storage(StorageError)
    /// A row does not decode: the database is damaged or of another schema.
    case corrupt(what: String, DecodingError)

    public var description: String {
        switch self {
        case .storage(let error): error.description
        case .corrupt(let what, let error):
            "The pool database holds a damaged row (\(what): \(error)). Stop the node and move the pool's directory away: the pool starts empty then."
        }
    }
}
