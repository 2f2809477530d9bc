import Bytes
import Field
import Hashing
import Testing

func fr(_ hex: String) -> Fr { Fr(hex: hex)! }

/// Vectors of note 01 §3 and §7.
@Suite struct Poseidon2Tests {
    @Test func permutation() {
        var state: (Fr, Fr, Fr, Fr) = (0, 1, 2, 3)
        Poseidon2.permute(&state)
        #expect(state.0 == fr("01bd538c2ee014ed5141b29e9ae240bf8db3fe5b9a38629a9647cf8d76c01737"))
        #expect(state.1 == fr("239b62e7db98aa3a2a8f6a0d2fa1709e7a35959aa6c7034814d9daa90cbac662"))
        #expect(state.2 == fr("04cbb44c61d928ed06808456bf758cbf0c18d1e15a7b6dbc8245fa7515d5e3cb"))
        #expect(state.3 == fr("2e11c5cff2a22c64d01304b778d78f6998eff1ab73163a35603f54794c30847a"))
    }

    @Test func sponge() {
        #expect(Poseidon2.hash([]) == fr("18dfb8dc9b82229cff974efefc8df78b1ce96d9d844236b496785c698bc6732e"))
        #expect(Poseidon2.hash([1]) == fr("168758332d5b3e2d13be8048c8011b454590e06c44bce7f702f09103eef5a373"))
        #expect(Poseidon2.hashPair(0, 0) == fr("0b63a53787021a4a962a452c2921b3663aff1ffd8d5510540f8e659e782956f1"))
        #expect(Poseidon2.hash([Fr](repeating: 0, count: 3019)) == fr("0eec472c6f8cf7e6cc3b5801d1d8c555f8ddccafb0af2e155e7778cf988af604"))
        let args = (0..<200).map { Fr(UInt64($0)) }
        #expect(Poseidon2.hash(Array(args[..<8]), separator: .functionArgs) == fr("08fc05646caf2d63a8f3b424351783a521edaf28da0933d7c5b78a27e7497dac"))
        #expect(Poseidon2.hash(Array(args[..<100]), separator: .functionArgs) == fr("19b0d74feb06ebde19edd85a28986c97063e84b3b351a8b666c7cac963ce655f"))
        #expect(Poseidon2.hash(args, separator: UInt32(44)) == fr("03933d5a59efde5af91c47a93e6c4965f0506d160f76c701b2de1503d74c7775"))
    }

    @Test func formsAgree() {
        let values = (0..<48).map { Fr(UInt64($0 * $0 + 1)) }
        #expect(Poseidon2.hashPairs(values) == stride(from: 0, to: 48, by: 2).map { Poseidon2.hash(Array(values[$0..<($0 + 2)])) })
        #expect(Poseidon2.hashTriples(values) == stride(from: 0, to: 48, by: 3).map { Poseidon2.hash(Array(values[$0..<($0 + 3)])) })
        #expect(Poseidon2.hashQuads(values) == stride(from: 0, to: 48, by: 4).map { Poseidon2.hash(Array(values[$0..<($0 + 4)])) })
        for count in 0..<20 {
            for split in 0...count {
                var sponge = Poseidon2.Sponge(length: count)
                sponge.absorb(Array(values[..<split]))
                sponge.absorb(Array(values[split..<count]))
                #expect(sponge.squeeze() == Poseidon2.hash(values[..<count]))
            }
        }
    }
}

@Suite struct DigestTests {
    @Test func sha256() {
        #expect(SHA256.hash([]).hex == "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SHA256.hash(Array("abc".utf8)).hex == "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(SHA256.truncatedToField((0..<160).map { UInt8($0) }) == fr("00448ebbc9e1a31220a2f3830c18eef61b9bd070e5084b7fa2a359fe729184c7"))
        #expect(SHA256.hash([UInt8](repeating: 97, count: 1_000_000)).hex == "0xcdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func sha256InPieces() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for length in 0..<300 {
            let whole = SHA256.hash(bytes[..<length])
            var hasher = SHA256()
            hasher.update(bytes[..<(length / 3)])
            hasher.update(bytes[(length / 3)..<length])
            #expect(hasher.finalize() == whole)
        }
    }

    @Test func sha256WithAndWithoutInstructions() {
        var generator = SeededGenerator(seed: 71)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 16) }
            #expect(SHA256.hash(bytes) == SHA256.hashScalar(bytes))
        }
        #expect(SHA256.hashScalar(Array("abc".utf8)).hex == "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func sha256Pairs() {
        var generator = SeededGenerator(seed: 72)
        for _ in 0..<100 {
            let (a, b) = (generator.element(), generator.element())
            #expect(SHA256.truncatedPair(a, b) == SHA256.truncatedToField(a.bytes + b.bytes))
        }
    }

    @Test func keccak() {
        #expect(Keccak256.hash([]).hex == "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
        #expect(Keccak256.hash(Array("abc".utf8)).hex == "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
        var lanes = [UInt64](repeating: 0, count: 25)
        KeccakF1600.permute(&lanes)
        #expect(lanes[..<5] == [0xf1258f7940e1dde7, 0x84d5ccf933c0478a, 0xd598261ea65aa9ee, 0xbd1547306f80494d, 0x8b284e056253d057])
    }
}
