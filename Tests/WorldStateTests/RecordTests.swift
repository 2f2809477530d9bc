import Field
import Glibc
import Testing
import WorldState

/// The stored records: what is written is read back, and no bytes whatever make a decoder trap or give a value that
/// could not have been written. Long form (`QUETZAL_LONG=1`): a million inputs a decoder.
@Suite struct RecordTests {
    let inputs = getenv("QUETZAL_LONG") == nil ? 5_000 : 1_000_000

    @Test func recordsRoundTrip() throws {
        var random = Random(state: 20)
        var out: [UInt8] = []
        for _ in 0..<200 {
            for tree in [TreeID.nullifier, .publicData] {
                let record = LeafRecord(
                    index: random.next() >> 24, value: tree == .publicData ? random.field() : .zero, nextIndex: random.next() >> 24,
                    nextKey: random.field().integer)
                RecordCodec.encodeLeaf(record, tree: tree, into: &out)
                #expect(RecordCodec.decodeLeaf(out.span, tree: tree) == record)
            }
            let keys = (0..<8).map { _ in random.chance(1, in: 3) ? nil : random.field().integer }
            RecordCodec.encodeLeafKeys(keys, into: &out)
            #expect(RecordCodec.decodeLeafKeys(out.span) == keys)
            let nodes = (0..<14).map { _ in random.chance(1, in: 3) ? Fr.zero : random.field() }
            RecordCodec.encodePage(nodes, at: 0, group: 0, into: &out)
            var page = [Fr](repeating: .zero, count: 14)
            // Only level 0 is empty as zero; what equals an empty subtree is left to the caller.
            let decoded = RecordCodec.decodePage(out.span, into: &page, at: 0)
            #expect(decoded && page == nodes)
            var indices = Set<UInt64>()
            for _ in 0..<random.below(20) { indices.insert(random.next() >> UInt64(24 + random.below(30))) }
            let journal = indices.sorted().map { Journal.Leaf(index: $0, key: random.field().integer) }
            out = []
            RecordCodec.encodeJournal(journal, into: &out)
            var at = 0
            #expect(RecordCodec.decodeJournal(out.span, &at) == journal && at == out.count)
            var snapshot = WorldStateSnapshot.zero
            for tree in TreeID.allCases { snapshot[tree] = TreeSnapshot(root: random.field(), size: random.next() % tree.capacity) }
            #expect(WorldStateSnapshot(snapshot.encoded.span) == snapshot)
            let status = WorldStateStatus(latest: 70, finalised: UInt32(random.below(71)), oldest: UInt32(random.below(71)))
            #expect(WorldStateStatus(status.encoded.span) == status)
        }
    }

    @Test func decodersTakeAnything() throws {
        var random = Random(state: 21)
        var seeds: [[UInt8]] = [[]]
        var out: [UInt8] = []
        let record = LeafRecord(index: 5, value: random.field(), nextIndex: 9, nextKey: random.field().integer)
        for tree in [TreeID.nullifier, .publicData] {
            RecordCodec.encodeLeaf(record, tree: tree, into: &out)
            seeds.append(out)
        }
        RecordCodec.encodeLeafKeys((0..<8).map { _ in random.field().integer }, into: &out)
        seeds.append(out)
        RecordCodec.encodePage((0..<14).map { _ in random.field() }, at: 0, group: 3, into: &out)
        seeds.append(out)
        out = []
        RecordCodec.encodeJournal((0..<9).map { Journal.Leaf(index: UInt64($0 * 300), key: random.field().integer) }, into: &out)
        seeds.append(out)
        seeds.append(WorldStateSnapshot.zero.encoded)
        seeds.append(WorldStateStatus(latest: 3, finalised: 2, oldest: 1).encoded)
        var accepted = 0, refused = 0
        var page = [Fr](repeating: .zero, count: 14)
        for _ in 0..<inputs {
            let bytes = random.mutated(seeds[random.below(seeds.count)])
            func note(_ ok: Bool) { if ok { accepted += 1 } else { refused += 1 } }
            for tree in [TreeID.nullifier, .publicData] {
                let leaf = RecordCodec.decodeLeaf(bytes.span, tree: tree)
                note(leaf != nil)
                if let leaf {
                    RecordCodec.encodeLeaf(leaf, tree: tree, into: &out)
                    #expect(out == bytes)
                }
            }
            let keys = RecordCodec.decodeLeafKeys(bytes.span)
            note(keys != nil)
            if let keys {
                RecordCodec.encodeLeafKeys(keys, into: &out)
                #expect(out == bytes)
            }
            note(RecordCodec.decodePage(bytes.span, into: &page, at: 0))
            note(RecordCodec.decodeAppendIndex(bytes.span) != nil)
            var at = 0
            let journal = RecordCodec.decodeJournal(bytes.span, &at)
            note(journal != nil)
            #expect(at <= bytes.count && (journal?.count ?? 0) * 33 <= bytes.count)
            note(WorldStateSnapshot(bytes.span) != nil)
            note(WorldStateStatus(bytes.span) != nil)
        }
        #expect(accepted > 100 && refused > 1000)
    }
}
