import Blobs
import Bytes
import Field
import Hashing
import JSON
import Testing

@Suite struct KZGTests {
    let kzg: KZG

    init() throws { kzg = try Shared.kzg.get() }

    func randomBlob(_ random: inout Seeded, count: Int = 4096) throws -> Blob {
        try Blob(bytes: (0..<4096).flatMap { index in index < count ? random.scalar().bytes : [UInt8](repeating: 0, count: 32) })
    }

    @Test func openingsVerifyAndTamperedOnesDoNot() throws {
        var random = Seeded(state: 30)
        for count in [1, 40, 4096] {
            let blob = try randomBlob(&random, count: count)
            let commitment = try kzg.commit(to: blob)
            let z = random.scalar()
            let (proof, y) = try kzg.open(blob, at: z)
            #expect(try kzg.evaluate(blob, at: z) == y)
            #expect(try kzg.verify(commitment, z: z, y: y, proof: proof))
            #expect(try !kzg.verify(commitment, z: z, y: y + .one, proof: proof))
            #expect(try !kzg.verify(commitment, z: z + .one, y: y, proof: proof))
            #expect(try !kzg.verify(proof, z: z, y: y, proof: proof))
            #expect(try !kzg.verify(commitment, z: z, y: y, proof: commitment))
        }
    }

    /// At a root of unity the value is an element of the blob.
    @Test func openingsAtRoots() throws {
        var random = Seeded(state: 31)
        let blob = try randomBlob(&random)
        let commitment = try kzg.commit(to: blob)
        for (z, index) in [(BLSScalar.one, 0), (-BLSScalar.one, 1)] {
            let (proof, y) = try kzg.open(blob, at: z)
            #expect(y.bytes == Array(blob.bytes[(index * 32)..<(index * 32 + 32)]))
            #expect(try kzg.verify(commitment, z: z, y: y, proof: proof))
        }
    }

    @Test func commitmentIsLinear() throws {
        var random = Seeded(state: 32)
        let a = (0..<4096).map { _ in random.scalar() }, b = (0..<4096).map { _ in random.scalar() }
        let factor = random.scalar()
        func commit(_ scalars: [BLSScalar]) throws -> G1 {
            try G1(compressed: kzg.commit(to: Blob(bytes: scalars.flatMap(\.bytes))).bytes)
        }
        let left = try commit(zip(a, b).map { $0 * factor + $1 })
        let right = try JacobianPoint(commit(a)).times(words(factor)) + commit(b)
        #expect(right == left)
    }

    /// A constant polynomial commits to a multiple of the generator, so the setup and its order are right.
    @Test func constantPolynomial() throws {
        let blob = try Blob(bytes: (0..<4096).flatMap { _ in (BLSScalar.one + .one + .one).bytes })
        #expect(try kzg.commit(to: blob).bytes == JacobianPoint(G1.generator).times([3]).affine.compressed)
        #expect(try kzg.commit(to: Blob(fields: [Fr]())) == .infinity)
    }

    @Test func sidecarProofsAloneAndTogether() throws {
        var random = Seeded(state: 33)
        var (blobs, commitments, proofs): ([Blob], [KZGCommitment], [KZGProof]) = ([], [], [])
        for count in [0, 3, 900] {
            let blob = try randomBlob(&random, count: count)
            blobs.append(blob)
            commitments.append(try kzg.commit(to: blob))
            proofs.append(try kzg.sidecarProof(blob, commitment: commitments[commitments.count - 1]))
        }
        for index in blobs.indices {
            #expect(try kzg.verify(blobs[index], commitment: commitments[index], sidecarProof: proofs[index]))
        }
        #expect(try kzg.verify(blobs, commitments: commitments, sidecarProofs: proofs))
        #expect(try kzg.verify([], commitments: [], sidecarProofs: []))
        #expect(try !kzg.verify(blobs, commitments: commitments, sidecarProofs: [proofs[0], proofs[2], proofs[1]]))
        #expect(throws: KZGError.counts(blobs: 3, commitments: 3, proofs: 2)) {
            try kzg.verify(blobs, commitments: commitments, sidecarProofs: Array(proofs.dropLast()))
        }
    }

    @Test func elementsAboveTheModulusAreRefused() throws {
        var bytes = [UInt8](repeating: 0, count: Blob.byteCount)
        bytes.replaceSubrange(96..<128, with: BLSScalar.modulus.wordBytes)
        let blob = try Blob(bytes: bytes)
        #expect(throws: KZGError.elementTooLarge(3)) { try kzg.commit(to: blob) }
        #expect(throws: KZGError.elementTooLarge(3)) { try kzg.open(blob, at: .one) }
        #expect(throws: KZGError.notAField(3)) { try blob.fields() }
    }

    /// [R] vectors of note 01 §11.5.
    @Test func blocksOfTheNote() throws {
        let empty = try OpenedBlob.blobs(of: [], kzg: kzg)
        #expect(empty.count == 1 && empty[0].commitment == .infinity)
        #expect(empty[0].commitment.versionedHash.hex == "0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014")
        #expect(empty.blobsHash.hex == "0x001cedbd7ea5309ef9d1d159209835409bf41b6b1802597a52fa70cc82e934d9")
        #expect(empty[0].z.hex == "0x0ac4f3ee53aedc4865073ae7fb664e7401d10eadbe3bbcc266c35059f14826bb")
        let texts = [
            "0x74785f737461727400000500010000", "0x2a", "0x0002000000000000000000000000000000000000000000000000000000000000", "0x04000001", "0x123",
            "0x74785f737461727400000700010000", "0x2b", "0x0002000000000000000000000000000000000000000000000000000000000000", "0x03000001", "0x6789",
            "0x04000001", "0x45",
        ]
        let fields = texts.map { text in
            let digits = String(repeating: "0", count: 66 - text.utf8.count) + text.dropFirst(2)
            return Fr(canonical: Hex.decode(digits) ?? []) ?? .zero
        }
        let two = try OpenedBlob.blobs(of: fields, kzg: kzg)
        #expect(two[0].commitment.bytes.hex == "0x8c32fe581c8fdba12c0d7597911dead2d937d68525bae655508412bb53bb986aaa0680f21270e7d8de4e19da5164f95c")
        #expect(two[0].z.hex == "0x1f92b871671f27a378d23f1cef10fbd8f0d90dd7172da9e3c3fc1aa745a072c3")
        #expect(two.blobsHash.hex == "0x00a965619c8668b834755678b32d023b9c5e8588ce449f44f7fa9335455b5cc5")
        #expect(try two[0].verify(kzg))
        #expect(two.blobInput.count == 193 && two.blobInput[0] == 1)
    }

    @Test func goldenOpenings() throws {
        guard let bytes = Shared.golden("crypto/kzg.json") else { return }
        let document = try JSONDocument.parse(bytes)
        var checked = 0
        for item in try document.root.required("kzg").elements {
            guard let first = item["firstElement"]?.string.flatMap({ Fr(hex: $0) }), let count = item["count"]?.int,
                let z = item["z"]?.string.flatMap({ Hex.decode($0) }).flatMap({ BLSScalar(bytes: $0) })
            else { continue }
            let blob = try Blob(fields: (0..<count).map { first + Fr(UInt64($0)) })
            let (proof, y) = try kzg.open(blob, at: z)
            #expect(try kzg.commit(to: blob).bytes.hex == item["commitment"]?.string)
            #expect(proof.bytes.hex == item["proof"]?.string && y.bytes.hex == item["y"]?.string)
            checked += 1
        }
        #expect(checked > 10)
    }
}

@Suite struct TrustedSetupTests {
    @Test func isThePublishedOne() throws {
        guard let text = Shared.golden("kzg/trusted_setup.txt") else { return }
        let lines = text.split(separator: 10)
        let setup = try Shared.setup.get()
        #expect(lines.count == 2 + 4096 + 65 + 4096)
        #expect(setup.bytes == lines[2...].flatMap { Hex.decode(utf8: $0) ?? [] })
        #expect(setup.powerG1(0) == G1.generator.compressed)
    }

    @Test func othersAreRefused() throws {
        let bytes = try Shared.setup.get().bytes
        var changed = bytes
        changed[100_000] ^= 1
        #expect(throws: KZGError.self) { try TrustedSetup(bytes: changed) }
        #expect(throws: KZGError.self) { try TrustedSetup(bytes: bytes + [0]) }
        #expect(throws: KZGError.self) { try TrustedSetup(bytes: []) }
        #expect(throws: KZGError.self) { try TrustedSetup(path: "/nonexistent/setup") }
        #expect(throws: KZGError.self) { try TrustedSetup(path: "/dev/zero") }
    }
}
