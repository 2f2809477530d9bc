import Archive
import Bytes
import Field
import FuzzKit
import JSON
import Protocol
import Storage
import Testing

/// Rows of the chain database, damaged in any way: an error that names the row, or a value; never a trap.
@Suite struct RecordFuzzTests {
    static let bytes32 = Bytes32([UInt8](repeating: 3, count: 32))!
    static let facts = ChainFacts(
        chainID: 1, rollupVersion: 2, addresses: L1ContractAddresses(), l1StartBlock: 3, genesisTime: 4, slotDuration: 36, epochDuration: 32, proofSubmissionWindow: 64,
        l1SlotDuration: 12, genesisArchiveRoot: Fr(9))

    func records<T: BinaryCodable>(_ value: T, seed: UInt64) throws {
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

    @Test func references() throws { try records(L1BlockReference(number: 1, timestamp: 2, hash: Self.bytes32), seed: 141) }
    @Test func syncPoints() throws { try records(L1SyncPoint(blockNumber: 5, blockHash: Self.bytes32, logIndex: 7), seed: 142) }
    @Test func heads() throws { try records(L1HeadFacts(number: 1, timestamp: 2, manaBaseFees: [.init(slot: 3, feePerL2Gas: Fr(4)), .init(slot: 5, feePerL2Gas: Fr(6))]), seed: 143) }
    @Test func messages() throws { try records(MessageRecord(index: 17, leaf: Fr(5), rollingHash: [UInt8](repeating: 1, count: 16), l1BlockNumber: 6, l1BlockHash: Self.bytes32), seed: 144) }

    @Test func duties() throws {
        let members = (1...3).map { EthAddress([UInt8](repeating: UInt8($0), count: 20))! }
        #expect(EpochDuties(epoch: 1, committee: members, proposingSeats: [0, 3]) == nil && EpochDuties(epoch: 1, committee: [], proposingSeats: [0]) == nil)
        try records(EpochDuties(epoch: 7, committee: members, proposingSeats: [2, 0, 1, 1])!, seed: 147)
    }

    @Test func factsText() throws {
        var fuzz = Fuzz(seed: 145)
        let whole = Self.facts.jsonBytes
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 2_000) {
            guard let json = try? JSONDocument.parse(fuzz.alteredText(whole)).root, let facts = try? ChainFacts(json: json) else { continue }
            accepted += 1
            #expect(try ChainFacts(json: JSONDocument.parse(facts.jsonBytes).root) == facts)
        }
        #expect(accepted > 100)
    }

    /// Every kind of row of a real archive, one damaged at a time, read through the archive.
    @Test func rowsOfAnArchive() throws {
        var fuzz = Fuzz(seed: 146)
        let scratch = try ScratchArchive()
        let archive = scratch.archive
        // Small blocks, that a round costs little; the first registers a contract class, another one deploys instances.
        let deploying = RecordedBlocks.all.dropFirst().first { (try? BlockContractData(of: $0.body).instances.isEmpty) == false }
        guard let first = RecordedBlocks.all.first else { return }
        var blocks = [first]
        for body in [deploying?.body ?? first.body, .empty] {
            var block = first
            block.header.globalVariables.blockNumber = Fr(UInt64(blocks.count + 1))
            block.body = body
            blocks.append(block)
        }
        for block in blocks { try scratch.commit { try archive.append(RecordedBlocks.archived(block), to: $0) } }
        try scratch.commit { batch in
            for index in 16..<19 { archive.put(MessageRecord(index: UInt64(index), leaf: Fr(UInt64(index)), rollingHash: [UInt8](repeating: 1, count: 16), l1BlockNumber: 6, l1BlockHash: Self.bytes32), to: batch) }
            archive.setProven(2, to: batch)
            archive.setFacts(Self.facts, to: batch)
            archive.setSyncPoint(L1SyncPoint(blockNumber: 5), to: batch)
            archive.setL1Head(L1HeadFacts(number: 1, timestamp: 2, manaBaseFees: [.init(slot: 3, feePerL2Gas: Fr(4))]), to: batch)
        }
        let families = [ArchiveSchema.blocks, ArchiveSchema.headers, ArchiveSchema.index, ArchiveSchema.tags, ArchiveSchema.contracts, ArchiveSchema.messages, ArchiveSchema.meta]
        let rows = try families.map { name in
            var rows: [(key: [UInt8], value: [UInt8])] = []
            var iterator = StorageIterator(scratch.database.columnFamily(name))
            var found = try iterator.seekToFirst()
            while found {
                // The bytecode of a class makes a row of tens of kilobytes.
                if iterator.value.count < 8192 || rows.isEmpty { rows.append((iterator.key, iterator.value)) }
                found = try iterator.next()
            }
            return rows
        }
        for (name, rows) in zip(families, rows) { #expect(!rows.isEmpty, "\(name)") }
        let classes = try BlockContractData(of: first.body).classes.map(\.contractClass.id)
        let instances = try deploying.map { try BlockContractData(of: $0.body).instances.map(\.address) } ?? []
        let effects = blocks.flatMap(\.body.txEffects)
        let tags = Array(effects.flatMap { $0.privateLogs.map(\.tag) + $0.publicLogs.map(\.tag) }.prefix(4))

        var refused = 0, read = 0
        /// One answer of the archive.
        func ask(_ question: () throws(ArchiveError) -> Void) {
            do throws(ArchiveError) {
                try question()
                read += 1
            } catch {
                refused += 1
                #expect(!"\(error)".isEmpty)
            }
        }
        for round in 0..<Fuzz.rounds(short: 3_000) {
            let family = round % families.count
            let row = fuzz.pick(rows[family])
            let column = scratch.database.columnFamily(families[family])
            try scratch.commit { $0.put(row.key, fuzz.altered(row.value), in: column) }
            switch families[family] {
            case ArchiveSchema.blocks, ArchiveSchema.headers:
                let number = UInt64(row.key.last ?? 1)
                ask { () throws(ArchiveError) in _ = try archive.archivedBlock(number) }
                ask { () throws(ArchiveError) in _ = try (archive.header(number), archive.blockHash(number), archive.archiveSnapshot(number), archive.l1Reference(number)) }
            case ArchiveSchema.index:
                ask { () throws(ArchiveError) in _ = try archive.blockNumber(ofHash: first.hash()) }
                if let effect = effects.first { ask { () throws(ArchiveError) in _ = try archive.location(of: effect.txHash) } }
                if round % 64 < families.count, let effect = effects.last { ask { () throws(ArchiveError) in _ = try archive.txEffect(effect.txHash) } }
            case ArchiveSchema.tags:
                for tag in tags { ask { () throws(ArchiveError) in _ = try archive.logs(tag: tag) } }
            case ArchiveSchema.contracts:
                for id in classes { ask { () throws(ArchiveError) in _ = try archive.contractClass(id) } }
                for address in instances { ask { () throws(ArchiveError) in _ = try archive.contractInstance(address, atBlock: 2) } }
            case ArchiveSchema.messages:
                ask { () throws(ArchiveError) in _ = try archive.messageLeaves(forBlock: 2) }
                ask { () throws(ArchiveError) in _ = try (archive.lastMessage(), archive.messageIndex(ofLeaf: Fr(16))) }
            default:
                ask { () throws(ArchiveError) in _ = try (archive.latestNumber(), archive.provenNumber(), archive.facts()) }
                ask { () throws(ArchiveError) in _ = try (archive.syncPoint(), archive.l1Head(), archive.isInitiallySynced()) }
            }
            try scratch.commit { $0.put(row.key, row.value, in: column) }
        }
        #expect(read > 100 && refused > 100)
    }
}
