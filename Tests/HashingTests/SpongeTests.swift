import Bytes
import Glibc
import Field
import Hashing
import Testing

/// Inputs of a fuzz test: the long form is for QUETZAL_LONG=1.
let fuzzRounds = getenv("QUETZAL_LONG") != nil ? 1_000_000 : 3_000

@Suite struct BlobSpongeTests {
    @Test func equalsTheHashInAnyPieces() throws {
        var generator = SeededGenerator(seed: 51)
        for count in [0, 1, 2, 3, 4, 6, 7, 30] {
            let fields = (0..<count).map { _ in generator.element() }
            for pieces in [1, 2, 3, 5, 100] {
                var sponge = BlobSponge(expected: UInt32(count))
                for start in stride(from: 0, to: count, by: pieces) { try sponge.absorb(Array(fields[start..<min(count, start + pieces)])) }
                var copy = try BlobSponge(exactly: sponge.serialized)
                #expect(copy == sponge)
                #expect(try sponge.squeeze() == Poseidon2.hash(fields))
                #expect(try copy.squeeze() == Poseidon2.hash(fields))
                #expect(throws: BlobSponge.Failure.alreadySqueezed) { try sponge.squeeze() }
                #expect(throws: BlobSponge.Failure.alreadySqueezed) { try sponge.absorb([]) }
            }
        }
    }

    /// Any bytes: refused, or a sponge that writes back what it can hold.
    @Test func randomBytes() {
        var generator = SeededGenerator(seed: 53)
        let valid = BlobSponge(expected: 9).serialized
        for _ in 0..<fuzzRounds {
            var bytes = valid
            for _ in 0..<(1 + generator.next() % 8) { bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next()) }
            if generator.next() % 8 == 0 { bytes = Array(bytes[..<Int(generator.next() % UInt64(bytes.count))]) }
            guard let sponge = try? BlobSponge(exactly: bytes) else { continue }
            #expect(sponge.cacheSize <= 3)
            #expect((try? BlobSponge(exactly: sponge.serialized)) == sponge)
        }
    }

    /// Any fields: refused, or bytes no longer than the fields hold.
    @Test func randomPackings() {
        var generator = SeededGenerator(seed: 54)
        for _ in 0..<fuzzRounds {
            var fields = (0..<Int(generator.next() % 5)).map { _ in generator.element() }
            if !fields.isEmpty, generator.next() & 1 == 0 { fields[0] = Fr(generator.next() % 200) }
            if let bytes = FieldPacking.bytes(of: fields) { #expect(bytes.count <= 31 * (fields.count - 1) && Fr(UInt64(bytes.count)) == fields[0]) }
        }
    }

    @Test func refusesTooMuch() throws {
        var sponge = BlobSponge(expected: 2)
        try sponge.absorb([1])
        #expect(throws: BlobSponge.Failure.overfull(absorbed: 3, expected: 2)) { try sponge.absorb([1, 2]) }
        var bytes = sponge.serialized
        bytes[7 * 32 + 3] = 4
        #expect(throws: DecodingError.self) { try BlobSponge(exactly: bytes) }
        #expect(throws: DecodingError.self) { try BlobSponge(exactly: Array(bytes.dropLast())) }
    }
}

@Suite struct SharedMutableTests {
    @Test func returnsFromFields() {
        var generator = SeededGenerator(seed: 52)
        func option() -> UInt32? { generator.next() & 1 == 0 ? nil : UInt32(truncatingIfNeeded: generator.next()) }
        for _ in 0..<200 {
            let values = SharedMutableValues(
                value: .init(previous: [generator.element()], post: [generator.element()], blockOfChange: UInt32(truncatingIfNeeded: generator.next())),
                delay: .init(pre: option(), post: option(), blockOfChange: UInt32(truncatingIfNeeded: generator.next())))
            #expect(SharedMutableValues(fields: values.fields) == values)
            let block = values.value.blockOfChange
            #expect(values.value.current(atBlock: block) == values.value.post)
            if block > 0 { #expect(values.value.current(atBlock: block - 1) == values.value.previous) }
        }
        #expect(SharedMutableValues(fields: []) == nil)
        #expect(SharedMutableValues(fields: [1, 2]) == nil)
    }
}
