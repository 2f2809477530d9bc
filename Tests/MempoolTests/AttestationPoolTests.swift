import Bytes
import Field
import Mempool
import Protocol
import Signatures
import Storage
import TemporaryFiles
import Testing

enum SignedSample {
    static func key(_ number: UInt8) -> Secp256k1.PrivateKey { try! Secp256k1.PrivateKey([UInt8](repeating: 0, count: 31) + [number]) }
    static func address(_ number: UInt8) -> EthAddress { attestation(slot: 1, key: number).sender()! }

    static func payload(slot: UInt64, archive: Fr = 1, txHashes: [TxHash] = []) -> ConsensusPayload {
        var header = BlockHeader.zero.proposed!
        header.slotNumber = Fr(slot)
        return ConsensusPayload(header: header, archive: archive, stateReference: .zero, txHashes: txHashes)
    }

    static func sign(_ payload: ConsensusPayload, _ domain: SignatureDomain, key: UInt8) -> Signature {
        Signature(try! Self.key(key).sign(digest: payload.ethSignedMessageHash(domain).bytes))
    }

    static func attestation(slot: UInt64, archive: Fr = 1, key: UInt8 = 1, block: Fr = 5, txHashes: [TxHash] = []) -> BlockAttestation {
        let payload = payload(slot: slot, archive: archive, txHashes: txHashes)
        return BlockAttestation(blockNumber: block, payload: payload, signature: sign(payload, .blockAttestation, key: key))
    }

    static func proposal(slot: UInt64, key: UInt8 = 1, txHashes: [TxHash] = [], txs: [Tx]? = nil) -> BlockProposal {
        let payload = payload(slot: slot, txHashes: txHashes)
        return BlockProposal(blockNumber: 5, payload: payload, signature: sign(payload, .blockProposal, key: key), txs: txs)
    }
}

@Suite struct AttestationPoolTests {
    @Test func bySlotProposalAndSigner() throws {
        let scratch = try TemporaryDirectory("mempool")
        var database: Database? = try scratch.open()
        var pool: AttestationPool? = try AttestationPool(database!)
        #expect(pool!.isEmpty)
        let one = SignedSample.attestation(slot: 7, archive: 1, key: 1), two = SignedSample.attestation(slot: 7, archive: 2, key: 2)
        let three = SignedSample.attestation(slot: 8, archive: 1, key: 1), again = SignedSample.attestation(slot: 7, archive: 1, key: 1, block: 6)
        var nobody = one
        nobody.signature.v = 5
        try pool!.add([one, two, three, nobody])
        #expect(pool!.count == 3)
        try pool!.add([again])
        #expect(pool!.count == 3, "a later one of the same signer replaces the earlier")
        func check() {
            #expect(Set(pool!.attestations(slot: 7)) == [again, two])
            #expect(pool!.attestations(slot: 7, archive: 2) == [two] && pool!.attestations(slot: 7, archive: 3).isEmpty)
            #expect(pool!.attestations(slot: 8) == [three] && pool!.attestations(slot: 9).isEmpty)
        }
        check()
        pool = nil
        database = nil
        database = try scratch.open()
        pool = try AttestationPool(database!)
        check()
        try pool!.deleteOlder(than: 8)
        #expect(pool!.attestations(slot: 7).isEmpty && pool!.attestations(slot: 8) == [three] && pool!.count == 1)
        pool = nil
        database = nil
        #expect(try AttestationPool(scratch.open()).count == 1)
    }

    /// Whatever comes, memory stays within the limit, the newest slots win, and rows agree with memory.
    @Test func boundedInBytes() throws {
        let scratch = try TemporaryDirectory("mempool")
        var limits = AttestationPool.Limits()
        limits.maximumBytes = 20_000
        do {
            let pool = try AttestationPool(scratch.open(), limits: limits)
            let hashes = (0..<50).map { TxHash(Fr(UInt64($0))) }
            for slot in 1...20 { try pool.add((1...2).map { SignedSample.attestation(slot: UInt64(slot), key: $0, txHashes: hashes) }) }
            #expect(pool.count == 8 && pool.attestations(slot: 20).count == 2 && pool.attestations(slot: 16).isEmpty)
            // One slot alone over the limit.
            try pool.deleteOlder(than: .max)
            let many = (0..<40).map { SignedSample.attestation(slot: 5, archive: Fr(UInt64($0)), txHashes: hashes) }
            for attestation in many { try pool.add([attestation]) }
            #expect(pool.count > 0 && pool.count <= 9)
            // One that is larger than everything allowed.
            let huge = SignedSample.attestation(slot: 6, txHashes: (0..<1_000).map { TxHash(Fr(UInt64($0))) })
            try pool.add([huge])
            #expect(pool.attestations(slot: 6).isEmpty)
        }
        let again = try AttestationPool(scratch.open(), limits: limits)
        #expect(again.count > 0 && again.count <= 9)
    }
}
