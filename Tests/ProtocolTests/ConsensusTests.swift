import Bytes
import Field
import FieldKit
import Protocol
import Signatures
import Testing

@Suite struct ConsensusTests {
    // Note 02 §9 gives the digests of the all-zero payload.
    @Test func digestsOfZeroPayload() {
        let payload = ConsensusPayload(header: .zero, archive: .zero, stateReference: .zero, txHashes: [])
        #expect(payload.hash(.blockProposal).hex == "0xac9cdf1b240580342f3688772175e49abd6c5a81bf45b137a88ed5c55130a2e0")
        #expect(payload.hash(.blockAttestation).hex == "0xaaa14b69c5b79fe15a42d5055ca71612d9c002ceb788d2773521292c3f16c2b2")
        #expect(payload.ethSignedMessageHash(.blockProposal).hex == "0xad54398101a1ec2b14408f0032fafd8c46daf76e981d292a17584c87f9f01329")
        #expect(payload.ethSignedMessageHash(.blockAttestation).hex == "0x20068a4f46cff238c9776b7522cbe6743da827829b0591056b6c59b6598072a7")
        #expect(payload.serialized.count == payload.size && payload.size == 528)
    }

    @Test func signersAreRecovered() throws {
        var random = KernelRandom(seed: 21)
        let key = try Secp256k1.PrivateKey(random.bytes(31) + [1])
        let payload = KernelSamples.payload(&random)
        func sign(_ domain: SignatureDomain) throws -> Signature {
            let signature = try key.sign(digest: payload.ethSignedMessageHash(domain).bytes)
            return Signature(signature)
        }
        let attestation = BlockAttestation(blockNumber: 5, payload: payload, signature: try sign(.blockAttestation))
        #expect(attestation.sender() == EthAddress(key.address))
        #expect(attestation.serialized.count == attestation.size)
        // The domain separates: a proposal's signature says nothing about an attestation.
        let forged = BlockAttestation(blockNumber: 5, payload: payload, signature: try sign(.blockProposal))
        #expect(forged.sender() != EthAddress(key.address))
        var other = attestation
        other.blockNumber = 6
        #expect(other.sender() == attestation.sender(), "the block number is not signed")
        other.payload.txHashes.append(TxHash(9))
        #expect(other.sender() != attestation.sender())
        var invalid = attestation
        invalid.signature.v = 29
        #expect(invalid.sender() == nil)
        #expect(BlockAttestation(blockNumber: 0, payload: payload, signature: .empty).sender() == nil)
    }

    @Test func proposalTellsNoTxsFromNone() throws {
        var random = KernelRandom(seed: 22)
        var proposal = BlockProposal(blockNumber: 1, payload: KernelSamples.payload(&random), signature: KernelSamples.signature(&random), txs: nil)
        let short = proposal.serialized
        #expect(try BlockProposal(exactly: short) == proposal)
        proposal.txs = []
        #expect(proposal.serialized == short + [0, 0, 0, 0])
        #expect(try BlockProposal(exactly: proposal.serialized).txs == [])
        proposal.txs = [KernelSamples.tx(&random, isForPublic: true), KernelSamples.tx(&random, isForPublic: false)]
        #expect(try BlockProposal(exactly: proposal.serialized) == proposal)
        // A count that the bytes cannot cover is refused before anything is reserved for it.
        #expect(throws: DecodingError.self) { try BlockProposal(exactly: short + [0xff, 0xff, 0xff, 0xff]) }
    }
}
