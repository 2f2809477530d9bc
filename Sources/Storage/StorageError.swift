/// Why the database could not do what was asked. The message names the path and what an operator can do.
public struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// A file does not hold what was written to it.
        case corruption
        /// The disk is full.
        case noSpace
        /// Another process has the database open for writing.
        case locked
        /// The directory or one of its files may not be written or read by this user.
        case permission
        /// There is no database at the path.
        case missing
        /// A column family that was asked for does not exist (in an instance that may not create it).
        case missingColumnFamily
        /// A write through a secondary or read-only instance.
        case readOnly
        /// Any other failure of the operating system.
        case io
        /// Anything else RocksDB says.
        case other
    }

    public var kind: Kind
    public var path: String
    /// RocksDB's own words.
    public var detail: String

    public init(_ kind: Kind, path: String, detail: String) {
        self.kind = kind
        self.path = path
        self.detail = detail
    }

    public var description: String {
        switch kind {
        case .corruption:
            "database \(path) is corrupt: \(detail). Restore the directory from a copy, or remove it to sync again from L1."
        case .noSpace:
            "no space left on the device of database \(path): \(detail). Free some space and restart; what was committed is intact."
        case .locked:
            "database \(path) is in use by another process: \(detail). Stop the other node, or give this one its own --data-directory."
        case .permission:
            "database \(path) may not be written by this user: \(detail). Check the owner, the permissions and that the file system is not mounted read-only."
        case .missing: "there is no database at \(path): \(detail)."
        case .missingColumnFamily: "database \(path) lacks a column family: \(detail). It is younger than its reader, or of another schema."
        case .readOnly: "database \(path) is open for reading only: \(detail)."
        case .io: "input/output error on database \(path): \(detail)."
        case .other: "database \(path): \(detail)."
        }
    }

    /// RocksDB's status strings begin with their code; the operating system's reason stands somewhere behind it.
    public init(rocksDB message: String, path: String) {
        func says(_ words: String...) -> Bool { words.contains { message.containsBytes(of: $0) } }
        let kind: Kind =
            if says("No space left", "Space limit", "Disk quota exceeded") { .noSpace }
            else if says("LOCK", "lock hold by current process", "lock file") && says("IO error") && !says("Permission denied", "Read-only file system", "No such file") { .locked }
            else if says("Permission denied", "Read-only file system", "Operation not permitted") { .permission }
            else if message.hasPrefix("Corruption") { .corruption }
            else if says("Column family not found", "Column families not opened") { .missingColumnFamily }
            else if says("does not exist (create_if_missing is false)", "CURRENT: No such file", "No such file or directory: While opening a file for sequentially reading") { .missing }
            else if says("Not supported operation in read only mode", "Not supported operation in secondary mode") || message.hasPrefix("Not implemented") { .readOnly }
            // A table file that is gone or cut short is damage to the database, whatever call noticed it.
            else if says(".sst", "MANIFEST") && says("No such file", "too short", "Bad table") { .corruption }
            else if message.hasPrefix("IO error") { .io }
            else { .other }
        self.init(kind, path: path, detail: message)
    }
}

extension String {
    /// Plain byte search; `contains` of a substring lives in Foundation's or the regex world, which Storage stays out of.
    func containsBytes(of other: String) -> Bool {
        let pattern = Array(other.utf8)
        guard let first = pattern.first else { return true }
        let text = Array(utf8)
        guard text.count >= pattern.count else { return false }
        for start in 0...(text.count - pattern.count) where text[start] == first {
            if text[start..<(start + pattern.count)].elementsEqual(pattern) { return true }
        }
        return false
    }
}
