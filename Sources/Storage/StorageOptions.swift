import CRocksDB

/// Memory and file budget of one open database. The defaults are small on purpose: all processes of a node
/// together stay under 100 MB, and the operating system's page cache serves what the block cache does not hold.
public struct StorageOptions: Sendable {
    /// Blocks of all column families share one cache of this many bytes, index and filter blocks included.
    public var blockCacheBytes = 4 << 20
    /// Memory tables of all column families together; the largest is flushed beyond it.
    public var writeBufferBytes = 8 << 20
    /// The write-ahead log is cut (by flushing) beyond this; it bounds replay at start and a secondary's memory.
    public var maximumLogBytes = 16 << 20
    /// Open table files of a primary; secondaries keep all open so that dropped files stay readable.
    public var maximumOpenFiles = 128
    /// Flush and compaction threads.
    public var backgroundJobs = 2

    public init() {}
}

/// How one column family is kept. Families are created by name when a primary opens.
public struct ColumnFamilyOptions: Sendable {
    public enum Compression: Int32, Sendable {
        case none = 0
        case lz4 = 4
        case zstd = 7
    }

    public var name: String
    /// Keys sharing this many first bytes share a Bloom filter entry, so that a seek bounded to a prefix skips
    /// files without it. Nil: whole keys only.
    public var prefixLength: Int?
    public var bloomBitsPerKey: Double
    public var compression: Compression
    /// Uncompressed bytes of a data block.
    public var blockBytes: Int

    public init(
        _ name: String, prefixLength: Int? = nil, bloomBitsPerKey: Double = 10, compression: Compression = .lz4, blockBytes: Int = 4096
    ) {
        self.name = name
        self.prefixLength = prefixLength
        self.bloomBitsPerKey = bloomBitsPerKey
        self.compression = compression
        self.blockBytes = blockBytes
    }
}

extension StorageOptions {
    /// RocksDB options for one family (and, for the first, the database). The caller destroys them.
    func make(_ family: ColumnFamilyOptions, cache: OpaquePointer, secondary: Bool, create: Bool) -> OpaquePointer {
        let options = rocksdb_options_create()!
        rocksdb_options_set_create_if_missing(options, create ? 1 : 0)
        rocksdb_options_set_create_missing_column_families(options, create ? 1 : 0)
        rocksdb_options_set_paranoid_checks(options, 1)
        rocksdb_options_set_max_open_files(options, secondary ? -1 : Int32(maximumOpenFiles))
        rocksdb_options_set_max_file_opening_threads(options, 1)
        rocksdb_options_set_table_cache_numshardbits(options, 2)
        rocksdb_options_set_max_background_jobs(options, Int32(backgroundJobs))
        rocksdb_options_set_is_fd_close_on_exec(options, 1)
        rocksdb_options_set_stats_dump_period_sec(options, 0)
        rocksdb_options_set_stats_persist_period_sec(options, 0)
        rocksdb_options_set_info_log_level(options, 2)
        rocksdb_options_set_keep_log_file_num(options, 2)
        rocksdb_options_set_max_log_file_size(options, 1 << 20)
        rocksdb_options_set_max_manifest_file_size(options, 4 << 20)
        rocksdb_options_set_manifest_preallocation_size(options, 64 << 10)

        rocksdb_options_set_db_write_buffer_size(options, writeBufferBytes)
        rocksdb_options_set_write_buffer_size(options, writeBufferBytes)
        rocksdb_options_set_arena_block_size(options, 64 << 10)
        rocksdb_options_set_max_write_buffer_number(options, 2)
        rocksdb_options_set_max_total_wal_size(options, UInt64(maximumLogBytes))
        rocksdb_options_set_bytes_per_sync(options, 1 << 20)

        rocksdb_options_set_target_file_size_base(options, 8 << 20)
        rocksdb_options_set_max_bytes_for_level_base(options, 32 << 20)
        rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1)
        rocksdb_options_set_compression(options, family.compression.rawValue)

        let table = rocksdb_block_based_options_create()!
        defer { rocksdb_block_based_options_destroy(table) }
        rocksdb_block_based_options_set_block_cache(table, cache)
        rocksdb_block_based_options_set_block_size(table, family.blockBytes)
        rocksdb_block_based_options_set_format_version(table, 5)
        // In the cache, where they count against its budget, rather than outside it and unbounded.
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(table, 1)
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1)
        if family.bloomBitsPerKey > 0 {
            rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(family.bloomBitsPerKey))
            rocksdb_block_based_options_set_whole_key_filtering(table, family.prefixLength == nil ? 1 : 0)
        }
        if let length = family.prefixLength {
            rocksdb_options_set_prefix_extractor(options, rocksdb_slicetransform_create_fixed_prefix(length))
        }
        rocksdb_options_set_block_based_table_factory(options, table)
        return options
    }
}
