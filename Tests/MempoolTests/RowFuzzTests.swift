import Bytes
import Field
import FuzzKit
import Mempool
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import Testing

/// Rows of the pool database damaged in any way: an error that names the row, or a value; never a trap.
@Suite struct RowFuzzTests {
    func records<T: BinaryCodable>(_ value: T, seed: UInt64) {
        var fuzz = Fuzz(seed: seed)
        let whole = value.serialized
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            let bytes = fuzz.altered(whole)
            guard let read = try? T(exactly: bytes) else { continue }
            accepted += 1
            #expect(read.serialized == bytes)
        }
        #expect(accepted > 100)
    }

    @Test func entries() { records(PoolEntry(Sample.tx(nullifiers: [1, 2, 3], priority: (4, 5), lastBlock: 6), arrival: 7, headerHash: 8), seed: 161) }
    @Test func positions() { records(FollowedPosition(latest: 1, proven: 2, finalized: 3, slot: 4), seed: 162) }

    private struct Place: Hashable {
        var family: String
        var key: [UInt8]
    }

    /// A whole pool with one row damaged: it opens, or says which row is bad; what it opens with can be used.
    @Test func damagedPools() throws {
        var fuzz = Fuzz(seed: 163)
        let scratch = try TemporaryDirectory("mempool")
        let families = ["entries", "txs", "order", "mined", "archived", "attestations", "followed", "meta"]
        let txs = Sample.hashed(3) { Sample.tx(nullifiers: [Fr(UInt64($0 + 1))], priority: (UInt64($0), 0)) }
        let chain = MemoryChain()
        chain.genesisBalances[Sample.slot(0xfee)] = 1_000_000
        do {
            let database = try scratch.open()
            let pool = try TransactionPool(database, limits: .init(archivedTransactions: 2))
            let attestations = try AttestationPool(database)
            let follower = try PoolFollower(pool: pool, attestations: attestations, chain: chain)
            try pool.add(txs)
            chain.add([txs[0].hash], nullifiers: [1])
            _ = try follower.follow()
            try pool.delete([txs[1].hash])
            try attestations.add([SignedSample.attestation(slot: 3)])
        }
        let database = try scratch.open()
        func stored() throws -> [Place: [UInt8]] {
            var rows: [Place: [UInt8]] = [:]
            for name in families {
                var iterator = StorageIterator(database.columnFamily(name))
                var found = try iterator.seekToFirst()
                while found {
                    rows[Place(family: name, key: iterator.key)] = iterator.value
                    found = try iterator.next()
                }
            }
            return rows
        }
        let intact = try stored()
        let places = intact.keys.sorted { ($0.family, $0.key.hex) < ($1.family, $1.key.hex) }
        #expect(Set(places.map(\.family)).count == families.count, "every kind of row")
        var opened = 0, refused = 0
        for _ in 0..<Fuzz.rounds(short: 400) {
            let row = fuzz.pick(places)
            let family = database.columnFamily(row.family)
            let damaged = WriteBatch()
            var key = row.key
            if fuzz.below(4) == 0 {
                damaged.delete(row.key, in: family)
                key = fuzz.altered(row.key)
                if key.isEmpty { key = [0] }
            }
            damaged.put(key, fuzz.altered(intact[row]!), in: family)
            try database.write(damaged)
            do {
                let pool = try TransactionPool(database, limits: .init(archivedTransactions: 2))
                let attestations = try AttestationPool(database)
                let follower = try PoolFollower(pool: pool, attestations: attestations, chain: chain)
                for item in txs { _ = try pool.transaction(item.hash) }
                _ = try follower.follow()
                _ = try PoolReadView(database).pendingCount()
                try PoolReadView(database).eachPending { _, _ in true }
                opened += 1
            } catch {
                #expect("\(error)".contains("damaged row"))
                refused += 1
            }
            // Back to what it was, row by row: each range deleted would slow all later reads.
            let restored = WriteBatch()
            let now = try stored()
            for place in now.keys where intact[place] == nil { restored.delete(place.key, in: database.columnFamily(place.family)) }
            for (place, value) in intact where now[place] != value { restored.put(place.key, value, in: database.columnFamily(place.family)) }
            try database.write(restored)
        }
        #expect(opened > 10 && refused > 10)
    }
}

@Suite struct SetupAllowListTextTests {
    static let address = "0x" + String(repeating: "0", count: 63) + "7"

    @Test func forms() throws {
        let list = try SetupAllowList(parsing: "I:\(Self.address),I:\(Self.address):0x01020304,C:0x1f,C:00ff:0A0B0C0D,X:anything,I:\(Self.address):01020304:more")
        let seven = AztecAddress(7)
        #expect(list.entries == [
            .contract(seven), .function(seven, 0x0102_0304), .contractClass(0x1f), .classFunction(0xff, 0x0a0b_0c0d), .function(seven, 0x0102_0304),
        ])
        #expect(try SetupAllowList(parsing: "").entries.isEmpty)
        #expect(try SetupAllowList(parsing: SetupAllowList.default.text) == .default)
        #expect(SetupAllowList(elements: [AllowedElement(.address(seven)), AllowedElement(.classId(3), selector: 5)]).entries == [.contract(seven), .classFunction(3, 5)])
    }

    @Test(arguments: [
        ("I", "names no contract"), ("I:12", "64 hexadecimal digits"), ("I:\(address):123", "8 hexadecimal digits"), ("X:1:zz", "8 hexadecimal digits"),
        ("C:", "hexadecimal number"), ("C:0x" + String(repeating: "f", count: 64), "modulus"), ("C:xyz", "hexadecimal number"),
    ]) func mistakesAreNamed(_ text: String, _ reason: String) {
        let error = #expect(throws: SetupAllowListError.self) { try SetupAllowList(parsing: text) }
        #expect(error?.description.contains(reason) == true && error?.description.contains(text.prefix(200)) == true)
    }

    @Test func anyText() throws {
        var fuzz = Fuzz(seed: 164)
        let whole = SetupAllowList.default.text + ",I:\(Self.address):0x01020304"
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            guard let list = try? SetupAllowList(parsing: fuzz.alteredText(whole)) else { continue }
            accepted += 1
            #expect(try SetupAllowList(parsing: list.text) == list)
        }
        #expect(accepted > 100)
    }
}
