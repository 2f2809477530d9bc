import Configuration
import Mempool
import Storage

/// Where the pools are: `<data directory>/pool`, written by the p2p worker alone.
enum PoolDatabase {
    static func open(_ directory: String) throws -> Database {
        let path = DataDirectory.poolDatabase(directory)
        try DataDirectory.create(path)
        return try Database(path, mode: .primary, columnFamilies: PoolSchema.columnFamilies)
    }
}
