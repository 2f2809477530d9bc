import Bytes
import Glibc
import JSON

/// The node's data directory: created when missing, locked against a second node, and stamped with what it belongs to.
public enum DataDirectory {
    /// Layout version of the chain database.
    public static let schemaVersion = 1

    /// Where the archiver keeps the chain database.
    public static func chainDatabase(_ path: String) -> String { path + "/chain" }

    /// Whether the archiver has made it.
    public static func hasChainDatabase(_ path: String) -> Bool { DataFile.exists(chainDatabase(path) + "/CURRENT") }

    /// Where the p2p worker keeps the pools.
    public static func poolDatabase(_ path: String) -> String { path + "/pool" }

    /// Whether the p2p worker has made it.
    public static func hasPoolDatabase(_ path: String) -> Bool { DataFile.exists(poolDatabase(path) + "/CURRENT") }

    /// Own record, known peers, the network key and the table of peers.
    public static func network(_ path: String) -> String { path + "/p2p" }

    /// What a directory belongs to (shape of note 08 §4.2, with the chain id).
    public struct Identity: Sendable, Equatable {
        public var schemaVersion: Int
        /// `0x` + 40 digits.
        public var rollupAddress: String
        public var l1ChainID: Int

        public init(schemaVersion: Int = DataDirectory.schemaVersion, rollupAddress: String, l1ChainID: Int) {
            self.schemaVersion = schemaVersion
            self.rollupAddress = rollupAddress
            self.l1ChainID = l1ChainID
        }
    }

    /// Creates the directory and its parents.
    public static func create(_ path: String) throws(ConfigurationError) {
        var built = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            built += (built.isEmpty || built.hasSuffix("/") ? "" : "/") + part
            if mkdir(built, 0o755) != 0, errno != EEXIST { throw failure(path, "cannot be created") }
        }
        guard DataFile.isDirectory(path) else { throw ConfigurationError("--data-directory (DATA_DIRECTORY): \(path) is not a directory") }
        guard access(path, W_OK | X_OK) == 0 else { throw failure(path, "cannot be written to") }
    }

    /// Held for the life of the process; the kernel drops it with the process, however that ends.
    public struct Lock: ~Copyable, Sendable {
        let descriptor: Int32
        deinit { close(descriptor) }
    }

    /// One node per directory. Fails at once, naming the holder's process id.
    public static func lock(_ path: String) throws(ConfigurationError) -> Lock {
        let file = path + "/LOCK.node"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "cannot be locked") }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let holder = String(decoding: (try? DataFile.read(file)) ?? [], as: UTF8.self).trimmingBlanks()
            close(descriptor)
            throw ConfigurationError("--data-directory (DATA_DIRECTORY): \(path) is in use by another node" + (holder.isEmpty ? "" : " (process \(holder))"))
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            close(descriptor)
            throw failure(path, "cannot be written to")
        }
        return Lock(descriptor: descriptor)
    }

    /// What `db_version` says; nil when the directory is new.
    public static func identity(_ path: String) throws(ConfigurationError) -> Identity? {
        let file = path + "/db_version"
        guard DataFile.exists(file) else { return nil }
        let bytes = try DataFile.read(file)
        guard let root = try? JSONDocument.parse(bytes).root, let schema = root["schemaVersion"]?.int,
              let rollup = root["rollupAddress"]?.string, let chain = root["l1ChainId"]?.int
        else { throw ConfigurationError("\(file) is not understood; move the directory away or restore the file") }
        return Identity(schemaVersion: schema, rollupAddress: rollup, l1ChainID: chain)
    }

    /// Stamps a new directory; refuses one that belongs to something else.
    public static func claim(_ path: String, _ wanted: Identity) throws(ConfigurationError) {
        guard let found = try identity(path) else { return try stamp(path, wanted) }
        var differences: [String] = []
        if found.l1ChainID != wanted.l1ChainID { differences.append("L1 chain id \(found.l1ChainID), wanted \(wanted.l1ChainID)") }
        if found.rollupAddress.lowercased() != wanted.rollupAddress.lowercased() { differences.append("rollup \(found.rollupAddress), wanted \(wanted.rollupAddress)") }
        if found.schemaVersion != wanted.schemaVersion { differences.append("database schema \(found.schemaVersion), wanted \(wanted.schemaVersion)") }
        guard differences.isEmpty else {
            throw ConfigurationError("--data-directory (DATA_DIRECTORY): \(path) holds the data of another chain or version (\(differences.joined(separator: "; "))); choose another directory or move this one away. Nothing was changed.")
        }
    }

    /// Written beside and renamed over, so that a crash leaves the old file or the new one.
    static func stamp(_ path: String, _ identity: Identity) throws(ConfigurationError) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("schemaVersion", identity.schemaVersion)
        writer.member("rollupAddress", identity.rollupAddress.lowercased())
        writer.member("l1ChainId", identity.l1ChainID)
        writer.endObject()
        let temporary = path + "/db_version.new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "cannot be written to") }
        let bytes = writer.bytes
        let written = write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard written, rename(temporary, path + "/db_version") == 0 else { throw failure(path, "cannot be written to") }
    }

    private static func failure(_ path: String, _ what: String) -> ConfigurationError {
        ConfigurationError("--data-directory (DATA_DIRECTORY): \(path) \(what): \(String(cString: strerror(errno)))")
    }
}
