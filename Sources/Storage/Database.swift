import CRocksDB
import Glibc
import Synchronization

/// A RocksDB database: one primary instance writes; any number of secondary instances in other processes follow it
/// with `catchUp()`. Safe to use from several threads. Everything read is a copy or lives only inside a closure.
///
/// A key or value is a `Span` (of an array, an inline array, a slice of either); nothing here allocates per read
/// except the calls that return arrays.
public final class Database: @unchecked Sendable {
    public enum Mode: Sendable {
        /// The one writer; makes the directory and the column families.
        case primary
        /// Follows a primary of another process. `scratch` is a directory of this reader alone (RocksDB writes its log there).
        case secondary(scratch: String)
        /// A database nobody writes to.
        case readOnly
    }

    public let path: String
    public let mode: Mode
    let handle: OpaquePointer
    let families: [String: OpaquePointer]
    let pointReads: OpaquePointer
    let cache: OpaquePointer
    /// `catchUp` excludes itself: RocksDB's secondary is not made for two at once.
    private let catchingUp = Mutex(())
    /// Number of the newest batch of this writer, on from its predecessor's.
    private let batchNumber = Atomic<UInt64>(0)
    /// Writes and catch-ups of this instance.
    private let changesBegun = Atomic<UInt64>(0)
    private let changesEnded = Atomic<UInt64>(0)

    /// Opens `path` with at least `columnFamilies`. A primary creates what is missing and also opens families it was
    /// not told about; the other modes require every family to exist.
    public init(
        _ path: String, mode: Mode, columnFamilies: [ColumnFamilyOptions], options: StorageOptions = StorageOptions()
    ) throws(StorageError) {
        self.path = path
        self.mode = mode
        let cache = rocksdb_cache_create_lru(options.blockCacheBytes)!
        var wanted = columnFamilies
        var secondary = false
        var create = false
        switch mode {
        case .primary: create = true
        case .secondary: secondary = true
        case .readOnly: break
        }
        do throws(StorageError) {
            let present = try Self.listColumnFamilies(path: path)
            if create {
                for name in present where !wanted.contains(where: { $0.name == name }) { wanted.append(ColumnFamilyOptions(name)) }
            } else if let lacking = wanted.first(where: { !present.contains($0.name) }) {
                throw present.isEmpty
                    ? StorageError(.missing, path: path, detail: "no CURRENT file")
                    : StorageError(.missingColumnFamily, path: path, detail: "«\(lacking.name)»")
            }
            if create { try Self.requireSpace(path) }
            // RocksDB insists on the default family being named in every open.
            if !wanted.contains(where: { $0.name == "default" }) { wanted.append(ColumnFamilyOptions("default")) }

            let each: [OpaquePointer?] = wanted.map { options.make($0, cache: cache, secondary: secondary, create: create) }
            defer { for one in each { rocksdb_options_destroy(one) } }
            var names: [UnsafePointer<CChar>?] = wanted.map { UnsafePointer(duplicate($0.name)) }
            defer { for name in names { free(UnsafeMutableRawPointer(mutating: name)) } }
            var handles = [OpaquePointer?](repeating: nil, count: wanted.count)
            let count = Int32(wanted.count)
            var message: UnsafeMutablePointer<CChar>?
            let opened: OpaquePointer? =
                switch mode {
                case .primary: rocksdb_open_column_families(each[0], path, count, &names, each, &handles, &message)
                case .readOnly: rocksdb_open_for_read_only_column_families(each[0], path, count, &names, each, &handles, 0, &message)
                case .secondary(let scratch): rocksdb_open_as_secondary_column_families(each[0], path, scratch, count, &names, each, &handles, &message)
                }
            try Self.check(message, path: path)
            handle = opened!
            var byName: [String: OpaquePointer] = [:]
            for (family, handle) in zip(wanted, handles) { byName[family.name] = handle }
            families = byName
        } catch {
            rocksdb_cache_destroy(cache)
            throw error
        }
        self.cache = cache
        pointReads = rocksdb_readoptions_create()
        // Opening replays the log into table files and drops it; see `write` for why a record must follow.
        if create {
            var last: UInt64 = 0
            for family in families.values { last = max(last, try marker(family) ?? 0) }
            // Far behind any number a predecessor may have given out, written or not.
            batchNumber.store(last &+ 1 << 32, ordering: .relaxed)
            try write(WriteBatch())
        }
        // What was read while the writer went on is in part older than the rest.
        try catchUp()
    }

    /// Opening moves the log into table files and starts a new manifest and log. Debian's RocksDB is built with its
    /// assertions, and one of them fails when a file it has just made cannot be written: the process would abort instead
    /// of saying what is wrong.
    private static func requireSpace(_ path: String) throws(StorageError) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 || statvfs(path + "/..", &status) == 0 else { return }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        guard free < minimumFreeBytes else { return }
        throw StorageError(.noSpace, path: path, detail: "No space left on device: \(free) bytes are free, opening may need \(minimumFreeBytes)")
    }

    static let minimumFreeBytes: UInt64 = 4 << 20

    deinit {
        rocksdb_readoptions_destroy(pointReads)
        for family in families.values { rocksdb_column_family_handle_destroy(family) }
        rocksdb_close(handle)
        rocksdb_cache_destroy(cache)
    }

    // MARK: Whether anything changed

    /// Something that tells, for next to nothing, whether what was read before still holds: nil while a change is
    /// under way, else a value for `isUnchanged`. Take it before the read it is to vouch for.
    public var quietVersion: UInt64? {
        let ended = changesEnded.load(ordering: .acquiring)
        return changesBegun.load(ordering: .acquiring) == ended ? ended : nil
    }

    /// Nothing that became visible here began to be written since `version` was taken.
    public func isUnchanged(since version: UInt64) -> Bool { changesBegun.load(ordering: .acquiring) == version }

    private func changing<T>(_ body: () throws(StorageError) -> T) throws(StorageError) -> T {
        changesBegun.add(1, ordering: .sequentiallyConsistent)
        defer { changesEnded.add(1, ordering: .sequentiallyConsistent) }
        return try body()
    }

    /// The family of that name. Asking for one that was not opened is a programming error.
    public func columnFamily(_ name: String) -> ColumnFamily {
        guard let handle = families[name] else { preconditionFailure("column family «\(name)» of \(path) is not open") }
        return ColumnFamily(database: self, handle: handle, name: name)
    }

    public var columnFamilyNames: [String] { families.keys.sorted() }

    /// Applies the batch atomically. With `sync` it is on the device when this returns; without, it survives the death
    /// of this process but not of the machine.
    ///
    /// Every batch writes its number into every family (`BatchMarker`). RocksDB 7.8's secondary keeps a family's old
    /// memory table in front of newer table files until it meets a record of that family in a newer log, and takes its
    /// newest visible sequence number from the log alone: a reader that lagged while a log was flushed and dropped would
    /// otherwise see old values. Until that record is there families disagree, which the numbers tell (`catchUp`).
    /// `SecondaryTests` shows both.
    public func write(_ batch: WriteBatch, sync: Bool = false) throws(StorageError) {
        let options = rocksdb_writeoptions_create()
        defer { rocksdb_writeoptions_destroy(options) }
        rocksdb_writeoptions_set_sync(options, sync ? 1 : 0)
        batch.setSavePoint()
        batch.putMarker(batchNumber.add(1, ordering: .relaxed).newValue, in: families.values)
        defer { batch.rollBack() }
        try changing { () throws(StorageError) in
            var message: UnsafeMutablePointer<CChar>?
            rocksdb_write(handle, options, batch.handle, &message)
            try check(message)
        }
    }

    /// Secondary: takes in everything the primary has written up to now.
    ///
    /// RocksDB reads the manifest first and the logs second. A flush in between may drop a log whose table files the
    /// manifest did not yet name, and a batch would be seen in part; so this repeats until the manifest kept still and all
    /// families are as of the same batch. The latter may take as long as the writer takes from a flush to its next record.
    public func catchUp() throws(StorageError) {
        guard case .secondary = mode else { return }
        try catchingUp.withLock { _ throws(StorageError) in
            changesBegun.add(1, ordering: .sequentiallyConsistent)
            defer { changesEnded.add(1, ordering: .sequentiallyConsistent) }
            let end = ContinuousClock.now + Self.catchUpPatience
            repeat {
                let before = manifestState()
                var message: UnsafeMutablePointer<CChar>?
                rocksdb_try_catch_up_with_primary(handle, &message)
                try check(message)
                guard manifestState() == before else { continue }
                if try isOfOneBatch() { return }
                usleep(500)
            } while ContinuousClock.now < end
            throw StorageError(.io, path: path, detail: "no whole batch to be seen within \(Self.catchUpPatience) while the writer changed its files")
        }
    }

    /// Less than any heartbeat's limit: who asks may be a worker's only thread.
    static let catchUpPatience = Duration.seconds(2)

    /// Whether all families are as the same batch left them.
    private func isOfOneBatch() throws(StorageError) -> Bool {
        var first: UInt64??
        for family in families.values {
            let number = try marker(family)
            if let first, first != number { return false }
            first = .some(number)
        }
        return true
    }

    /// Number of the batch that touched a family last; nil: written before there were numbers.
    private func marker(_ family: OpaquePointer) throws(StorageError) -> UInt64? {
        var number: UInt64?
        try ColumnFamily(database: self, handle: family, name: "").read(BatchMarker.key.span) { value in
            number = (0..<min(8, value.count)).reduce(0) { $0 | UInt64(value[$1]) << (8 * UInt64($1)) }
        }
        return number
    }

    /// Name and size of the file that lists the table files; it grows by every flush and compaction.
    private func manifestState() -> [Int] {
        var name = [UInt8](repeating: 0, count: 64)
        let current = open(path + "/CURRENT", O_RDONLY | O_CLOEXEC)
        guard current >= 0 else { return [] }
        let count = max(0, Glibc.read(current, &name, name.count))
        close(current)
        var status = stat()
        guard count > 1, stat(path + "/" + String(decoding: name[..<(count - 1)], as: UTF8.self), &status) == 0 else { return [] }
        return [Int(status.st_ino), Int(status.st_size)]
    }

    /// Moves memory tables to table files.
    public func flush() throws(StorageError) {
        let options = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(options) }
        rocksdb_flushoptions_set_wait(options, 1)
        for family in families.values {
            var message: UnsafeMutablePointer<CChar>?
            rocksdb_flush_cf(handle, options, family, &message)
            try check(message)
        }
        try write(WriteBatch())
    }

    /// Puts everything written so far on the device.
    public func syncLog() throws(StorageError) {
        var message: UnsafeMutablePointer<CChar>?
        rocksdb_flush_wal(handle, 1, &message)
        try check(message)
    }

    /// Rewrites every table file; reclaims the space of deleted records.
    public func compact() throws(StorageError) {
        for family in families.values { rocksdb_compact_range_cf(handle, family, nil, 0, nil, 0) }
        try write(WriteBatch())
    }

    /// A consistent copy of the database at `directory` (which must not exist), by hard links where possible.
    public func checkpoint(at directory: String) throws(StorageError) {
        var message: UnsafeMutablePointer<CChar>?
        let checkpoint = rocksdb_checkpoint_object_create(handle, &message)
        try check(message)
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        rocksdb_checkpoint_create(checkpoint, directory, 0, &message)
        try check(message)
        if case .primary = mode { try write(WriteBatch()) }
    }

    /// Value of a RocksDB property (`rocksdb.stats`, `rocksdb.estimate-num-keys`, …), nil when unknown.
    public func property(_ name: String, of family: ColumnFamily? = nil) -> String? {
        let value = family.map { rocksdb_property_value_cf(handle, $0.handle, name) } ?? rocksdb_property_value(handle, name)
        guard let value else { return nil }
        defer { rocksdb_free(value) }
        return String(cString: value)
    }

    /// Sum of a numeric property over all families.
    public func total(of property: String) -> UInt64 {
        families.values.reduce(0) { sum, family in
            var value: UInt64 = 0
            return rocksdb_property_int_cf(handle, family, property, &value) == 0 ? sum + value : sum
        }
    }

    /// Bytes of memory the memory tables and the block cache hold.
    public var memoryBytes: UInt64 { total(of: "rocksdb.cur-size-all-mem-tables") + UInt64(rocksdb_cache_get_usage(cache)) }
    /// Bytes of the live table files.
    public var tableBytes: UInt64 { total(of: "rocksdb.total-sst-files-size") }

    /// Names of the families on disk; empty when there is no database.
    public static func listColumnFamilies(path: String) throws(StorageError) -> [String] {
        guard access(path + "/CURRENT", F_OK) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw StorageError(.permission, path: path, detail: String(cString: strerror(errno)))
        }
        let options = rocksdb_options_create()
        defer { rocksdb_options_destroy(options) }
        var message: UnsafeMutablePointer<CChar>?
        var count = 0
        let names = rocksdb_list_column_families(options, path, &count, &message)
        try check(message, path: path)
        guard let names else { return [] }
        defer { rocksdb_list_column_families_destroy(names, count) }
        return (0..<count).map { String(cString: names[$0]!) }
    }

    func check(_ message: UnsafeMutablePointer<CChar>?) throws(StorageError) { try Self.check(message, path: path) }

    static func check(_ message: UnsafeMutablePointer<CChar>?, path: String) throws(StorageError) {
        guard let message else { return }
        let text = String(cString: message)
        rocksdb_free(message)
        throw StorageError(rocksDB: text, path: path)
    }
}

/// The bytes of `text` in C's own memory, for calls that take arrays of strings.
private func duplicate(_ text: String) -> UnsafeMutablePointer<CChar> { strdup(text) }
