import Glibc
import Storage
import TemporaryFiles
import Testing

let families = [ColumnFamilyOptions("plain"), ColumnFamilyOptions("prefixed", prefixLength: 2)]

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite struct DatabaseTests {
    let scratch = try! TemporaryDirectory("storage")

    func openPrimary() throws -> Database { try Database(scratch.path + "/db", mode: .primary, columnFamilies: families) }

    @Test func valuesSurviveReopening() throws {
        do {
            let database = try openPrimary()
            let batch = WriteBatch()
            batch.put(bytes("a"), bytes("1"), in: database.columnFamily("plain"))
            batch.put(bytes("a"), bytes("2"), in: database.columnFamily("prefixed"))
            batch.put(bytes("empty"), [], in: database.columnFamily("plain"))
            #expect(batch.count == 3)
            try database.write(batch, sync: true)
        }
        let database = try openPrimary()
        #expect(try database.columnFamily("plain").get(bytes("a")) == bytes("1"))
        #expect(try database.columnFamily("prefixed").get(bytes("a")) == bytes("2"))
        #expect(try database.columnFamily("plain").get(bytes("empty")) == [])
        #expect(try database.columnFamily("plain").get(bytes("b")) == nil)
        #expect(try database.columnFamily("plain").contains(bytes("a").span))
    }

    @Test func aBatchRollsBackToItsSavePoint() throws {
        let database = try openPrimary()
        let plain = database.columnFamily("plain")
        let batch = WriteBatch()
        batch.put(bytes("kept"), bytes("1"), in: plain)
        batch.setSavePoint()
        batch.put(bytes("dropped"), bytes("1"), in: plain)
        batch.rollBack()
        try database.write(batch)
        #expect(try plain.get(bytes("kept")) != nil)
        #expect(try plain.get(bytes("dropped")) == nil)
        batch.clear()
        #expect(batch.count == 0)
    }

    @Test func cursorsKeepOrderBoundsAndPrefix() throws {
        let database = try openPrimary()
        for name in ["plain", "prefixed"] {
            let family = database.columnFamily(name)
            let batch = WriteBatch()
            for key in ["aa1", "aa3", "ab2", "ac1"] { batch.put(bytes(key), bytes("v" + key), in: family) }
            try database.write(batch)
            try database.flush()
            var all = StorageIterator(family)
            var seen: [[UInt8]] = []
            var more = try all.seekToFirst()
            while more {
                seen.append(all.key)
                more = try all.next()
            }
            #expect(seen == ["aa1", "aa3", "ab2", "ac1"].map(bytes))
            #expect(try all.seek(bytes("aa2").span))
            #expect(all.key == bytes("aa3"))
            #expect(all.value == bytes("vaa3"))
            #expect(try all.seekForPrevious(bytes("ab1").span))
            #expect(all.key == bytes("aa3"))
            #expect(try all.previous())
            #expect(all.key == bytes("aa1"))
            #expect(try !all.seekForPrevious(bytes("a").span))
            var bounded = StorageIterator(family, lowerBound: bytes("aa3"), upperBound: bytes("ac"))
            #expect(try bounded.seekToFirst())
            #expect(bounded.key == bytes("aa3"))
            #expect(try bounded.seekToLast())
            #expect(bounded.key == bytes("ab2"))
        }
        var within = StorageIterator(database.columnFamily("prefixed"), order: .withinPrefix)
        #expect(try within.seek(bytes("aa2").span))
        #expect(within.key == bytes("aa3"))
        #expect(try !within.next())
        #expect(try !within.seek(bytes("ad0").span))
    }

    /// Every batch leaves its number in every family; cursors never stand on it.
    @Test func theBatchNumberIsNobodysRecord() throws {
        let database = try openPrimary()
        let batch = WriteBatch()
        batch.put([255, 255], bytes("v"), in: database.columnFamily("plain"))
        try database.write(batch)
        let behind = [UInt8](repeating: 255, count: 70), nothing: [UInt8] = [], next: [UInt8] = [255, 255, 0]
        for isFlushed in [false, true] {
            if isFlushed { try database.flush() }
            var none = StorageIterator(database.columnFamily("default"))
            var found = [try none.seekToFirst(), try none.seekToLast(), try none.seek(nothing.span), try none.seekForPrevious(behind.span), none.isValid]
            #expect(found == [false, false, false, false, false])
            var one = StorageIterator(database.columnFamily("plain"))
            #expect(try one.seekToLast())
            #expect(one.key == [255, 255])
            found = [try one.next(), one.isValid]
            #expect(found == [false, false])
            #expect(try one.seekForPrevious(behind.span))
            #expect(one.key == [255, 255])
            #expect(try !one.seek(next.span))
        }
    }

    @Test func manyKeysAtOnce() throws {
        let database = try openPrimary()
        let plain = database.columnFamily("plain")
        let batch = WriteBatch()
        for number in 0..<100 where number % 3 != 0 { batch.put(bytes("k\(number)"), bytes("\(number)"), in: plain) }
        try database.write(batch)
        var found: [Int: [UInt8]] = [:]
        try plain.readMany((0..<100).map { bytes("k\($0)") }) { found[$0] = Array(copying: $1) }
        #expect(found.count == 66)
        for (position, value) in found { #expect(value == bytes("\(position)")) }
    }

    @Test func aRangeIsDeleted() throws {
        let database = try openPrimary()
        let plain = database.columnFamily("plain")
        let batch = WriteBatch()
        for key in ["a", "b", "c", "d"] { batch.put(bytes(key), [], in: plain) }
        batch.deleteRange(bytes("b"), bytes("d"), in: plain)
        try database.write(batch)
        #expect(try plain.get(bytes("a")) != nil)
        #expect(try plain.get(bytes("b")) == nil)
        #expect(try plain.get(bytes("c")) == nil)
        #expect(try plain.get(bytes("d")) != nil)
    }

    @Test func aCheckpointIsADatabase() throws {
        let database = try openPrimary()
        let batch = WriteBatch()
        batch.put(bytes("a"), bytes("1"), in: database.columnFamily("plain"))
        try database.write(batch)
        try database.checkpoint(at: scratch.path + "/copy")
        let copy = try Database(scratch.path + "/copy", mode: .readOnly, columnFamilies: families)
        #expect(try copy.columnFamily("plain").get(bytes("a")) == bytes("1"))
        #expect(throws: StorageError.self) { try copy.write(batch) }
    }

    @Test func familiesNotAskedForAreKept() throws {
        _ = try openPrimary()
        let database = try Database(scratch.path + "/db", mode: .primary, columnFamilies: [ColumnFamilyOptions("another")])
        #expect(database.columnFamilyNames == ["another", "default", "plain", "prefixed"])
        #expect(database.property("rocksdb.num-snapshots") == "0")
        #expect(database.memoryBytes > 0)
    }
}
