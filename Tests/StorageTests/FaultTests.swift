import Glibc
import Storage
import TemporaryFiles
import Testing

/// What an operator meets: each failure names the path and what to do, and damages nothing.
@Suite struct FaultTests {
    let scratch = try! TemporaryDirectory("storage")
    var path: String { scratch.path + "/db" }

    func filled() throws -> Database {
        let database = try Database(path, mode: .primary, columnFamilies: families)
        let plain = database.columnFamily("plain")
        for round in 0..<4 {
            let batch = WriteBatch()
            for number in 0..<500 { batch.put(bytes("key \(round) \(number)"), [UInt8](repeating: UInt8(number & 255), count: 50), in: plain) }
            try database.write(batch)
        }
        try database.flush()
        return database
    }

    func kind(_ body: () throws -> Void) -> StorageError.Kind? {
        do { try body() } catch let error as StorageError {
            #expect(error.description.contains(scratch.path))
            return error.kind
        } catch { Issue.record("\(error)") }
        return nil
    }

    @Test func twoWriters() throws {
        let first = try filled()
        #expect(kind { _ = try Database(path, mode: .primary, columnFamilies: families) } == .locked)
        #expect(try first.columnFamily("plain").get(bytes("key 0 0")) != nil)
    }

    @Test func noDatabase() {
        #expect(kind { _ = try Database(path, mode: .readOnly, columnFamilies: families) } == .missing)
        #expect(kind { _ = try Database(path, mode: .secondary(scratch: scratch.path + "/r"), columnFamilies: families) } == .missing)
    }

    @Test func aFamilyTheWriterHasNotMade() throws {
        _ = try filled()
        #expect(kind { _ = try Database(path, mode: .readOnly, columnFamilies: [ColumnFamilyOptions("later")]) } == .missingColumnFamily)
    }

    @Test(.enabled(if: getuid() != 0, "permissions do not bind root")) func readOnlyDirectory() throws {
        mkdir(path, 0o500)
        #expect(kind { _ = try Database(path, mode: .primary, columnFamilies: families) } == .permission)
    }

    @Test func damagedTableFile() throws {
        _ = try filled()
        let table = try #require(TemporaryDirectory.entries(path).first { $0.hasSuffix(".sst") })
        let file = try #require(fopen(path + "/" + table, "r+"))
        fseek(file, 200, SEEK_SET)
        fwrite([UInt8](repeating: 0x5a, count: 4000), 1, 4000, file)
        fclose(file)
        // Noticed at opening or by the first read that meets the damage; never answered with wrong bytes.
        let noticed = kind {
            let database = try Database(path, mode: .primary, columnFamilies: families)
            for round in 0..<4 { for number in 0..<500 { _ = try database.columnFamily("plain").get(bytes("key \(round) \(number)")) } }
        }
        #expect(noticed == .corruption)
    }

    @Test func lostTableFile() throws {
        _ = try filled()
        let table = try #require(TemporaryDirectory.entries(path).first { $0.hasSuffix(".sst") })
        unlink(path + "/" + table)
        #expect(kind { _ = try Database(path, mode: .primary, columnFamilies: families) } == .corruption)
    }

    @Test func damagedManifest() throws {
        _ = try filled()
        let manifest = try #require(TemporaryDirectory.entries(path).first { $0.hasPrefix("MANIFEST") })
        truncate(path + "/" + manifest, 30)
        #expect(kind { _ = try Database(path, mode: .primary, columnFamilies: families) } == .corruption)
    }

    /// A log cut anywhere (power loss) opens at the last whole batch.
    @Test func cutLogOpensAtAWholeBatch() throws {
        do {
            let database = try Database(path, mode: .primary, columnFamilies: families)
            for number in 0..<20 {
                let batch = WriteBatch()
                batch.put(bytes("count"), [UInt8(number)], in: database.columnFamily("plain"))
                batch.put(bytes("other"), [UInt8(number)], in: database.columnFamily("prefixed"))
                try database.write(batch)
            }
        }
        let log = try #require(TemporaryDirectory.entries(path).filter { $0.hasSuffix(".log") }.last)
        var status = stat()
        stat(path + "/" + log, &status)
        truncate(path + "/" + log, status.st_size - 17)
        let database = try Database(path, mode: .primary, columnFamilies: families)
        let count = try #require(try database.columnFamily("plain").get(bytes("count")))
        #expect(count == [18])
        #expect(try database.columnFamily("prefixed").get(bytes("other")) == count)
    }

    /// What RocksDB says in these cases, word for word; a test cannot well fill a disk.
    @Test func messagesAreTold() {
        let classified = ["IO error: No space left on device: While appending to file: /d/000012.log: No space left on device", "IO error: While lock file: /d/LOCK: Resource temporarily unavailable"]
            .map { message in classify(message) }
        #expect(classified == [.noSpace, .locked])
    }

    func classify(_ message: String) -> StorageError.Kind { StorageError(rocksDB: message, path: "/d").kind }
}
