import Glibc
import Storage
import TemporaryFiles
import Testing

/// Readers beside a writer: what they see is what was written, whatever was flushed, compacted or restarted meanwhile.
@Suite struct SecondaryTests {
    let scratch = try! TemporaryDirectory("storage")

    func openPrimary() throws -> Database { try Database(scratch.path + "/db", mode: .primary, columnFamilies: families) }

    @Test func aSecondaryFollows() throws {
        let primary = try openPrimary()
        let batch = WriteBatch()
        batch.put(bytes("a"), bytes("1"), in: primary.columnFamily("plain"))
        try primary.write(batch)
        let secondary = try Database(primary.path, mode: .secondary(scratch: scratch.path + "/reader"), columnFamilies: families)
        let plain = secondary.columnFamily("plain")
        #expect(try plain.get(bytes("a")) == bytes("1"))
        for round in 2..<6 {
            batch.clear()
            batch.put(bytes("a"), bytes("\(round)"), in: primary.columnFamily("plain"))
            batch.put(bytes("b\(round)"), bytes("\(round)"), in: primary.columnFamily("prefixed"))
            try primary.write(batch)
            if round % 2 == 0 { try primary.flush() }
            if round == 5 { try primary.compact() }
            #expect(try plain.get(bytes("a")) == bytes("\(round - 1)"), "round \(round)")
            try secondary.catchUp()
            #expect(try plain.get(bytes("a")) == bytes("\(round)"), "round \(round)")
            #expect(try secondary.columnFamily("prefixed").get(bytes("b\(round)")) != nil)
        }
        // A reader that missed the last writes before the writer was restarted sees them all the same.
        let late = try Database(primary.path, mode: .secondary(scratch: scratch.path + "/late"), columnFamilies: families)
        #expect(try late.columnFamily("plain").get(bytes("a")) == bytes("5"))
        let refused = #expect(throws: StorageError.self) { try secondary.write(batch) }
        #expect(refused?.kind == .readOnly)
    }

    @Test func aSecondarySeesWhatARestartRecovered() throws {
        var primary: Database? = try openPrimary()
        let secondary = try Database(scratch.path + "/db", mode: .secondary(scratch: scratch.path + "/reader"), columnFamilies: families)
        let batch = WriteBatch()
        batch.put(bytes("a"), bytes("1"), in: primary!.columnFamily("plain"))
        try primary!.write(batch)
        primary = nil
        primary = try openPrimary()
        try secondary.catchUp()
        #expect(try secondary.columnFamily("plain").get(bytes("a")) == bytes("1"))
        withExtendedLifetime(primary) {}
    }

    /// Many small batches through a tiny memory budget while a reader on another thread catches up: every batch
    /// writes one number everywhere, so a reader that ever sees two numbers has seen half a batch.
    @Test func aBatchIsSeenWholeWhileTheWriterFlushes() async throws {
        var options = StorageOptions()
        options.writeBufferBytes = 128 << 10
        options.maximumLogBytes = 128 << 10
        let primary = try Database(scratch.path + "/db", mode: .primary, columnFamilies: families, options: options)
        let secondary = try Database(scratch.path + "/db", mode: .secondary(scratch: scratch.path + "/reader"), columnFamilies: families)
        let rounds = 1500
        let writer = Task.detached {
            let filler = [UInt8](repeating: 7, count: 900)
            for round in 1...rounds {
                let batch = WriteBatch()
                let value = Array("\(round)".utf8)
                batch.put(bytes("a"), value, in: primary.columnFamily("plain"))
                batch.put(bytes("aa"), value, in: primary.columnFamily("prefixed"))
                batch.put(bytes("zz\(round % 7)"), filler, in: primary.columnFamily("plain"))
                // A family that most batches leave alone.
                if round % 50 == 0 { batch.put(bytes("rare"), value, in: primary.columnFamily("default")) }
                try primary.write(batch)
            }
        }
        var last = 0
        while last < rounds {
            try secondary.catchUp()
            let one = try secondary.columnFamily("plain").get(bytes("a"))
            let other = try secondary.columnFamily("prefixed").get(bytes("aa"))
            let rare = try secondary.columnFamily("default").get(bytes("rare"))
            #expect(one == other)
            let now = one.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
            #expect(now >= last)
            #expect(rare.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0 == now / 50 * 50)
            last = now
        }
        try await writer.value
    }

    /// While families are flushed one after another, some are newer to a reader that lagged than others, until the record
    /// that follows. Without the batch numbers it is seen in nearly every run.
    @Test func familiesAreOfOneBatchWhileTheyAreFlushed() async throws {
        let primary = try openPrimary()
        let secondary = try Database(scratch.path + "/db", mode: .secondary(scratch: scratch.path + "/reader"), columnFamilies: families)
        let rounds = 200
        let writer = Task.detached {
            for round in 1...rounds {
                for step in 0..<5 {
                    let batch = WriteBatch()
                    let value = Array("\(5 * round + step)".utf8)
                    for family in ["plain", "prefixed", "default"] { batch.put(bytes("aa"), value, in: primary.columnFamily(family)) }
                    try primary.write(batch)
                }
                try primary.flush()
            }
        }
        var last: [UInt8]? = nil
        while last != Array("\(5 * rounds + 4)".utf8) {
            usleep(UInt32.random(in: 0..<3000))
            try secondary.catchUp()
            last = try secondary.columnFamily("plain").get(bytes("aa"))
            for family in ["prefixed", "default"] { #expect(try secondary.columnFamily(family).get(bytes("aa")) == last) }
        }
        try await writer.value
    }
}
