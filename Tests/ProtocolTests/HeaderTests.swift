import Bytes
import Field
import FieldKit
import Protocol
import Testing

/// Vectors of note 02 §3 and §16.
@Suite struct HeaderTests {
    @Test func hashesOfNothing() {
        #expect(BlockHeader.zero.hash() == fr("28e48e620bc00817609b5fc765bc74864561f25a3c941b33e5ee05266b752839"))
        #expect(ProposedBlockHeader.zero.hash() == fr("002e384af86a480f952aa16443fd29646a9063865e62d7c403fc7ed697bb7712"))
    }

    @Test func hashesOfTheSeededHeader() throws {
        let seed: UInt64 = 9_870_243
        func snapshot(_ offset: UInt64) -> AppendOnlyTreeSnapshot {
            AppendOnlyTreeSnapshot(root: Fr(seed + offset), nextAvailableLeafIndex: UInt32(seed + offset))
        }
        let header = BlockHeader(
            lastArchive: snapshot(0x100),
            contentCommitment: ContentCommitment(numTxs: Fr(seed + 0x200), blobsHash: Fr(seed + 0x300), inHash: Fr(seed + 0x400), outHash: Fr(seed + 0x500)),
            state: StateReference(
                l1ToL2MessageTree: snapshot(0x600),
                partial: PartialStateReference(noteHashTree: snapshot(0x601), nullifierTree: snapshot(0x602), publicDataTree: snapshot(0x603))),
            globalVariables: GlobalVariables(
                chainId: Fr(seed + 0x700), version: Fr(seed + 0x701), blockNumber: Fr(seed + 0x702), slotNumber: Fr(seed + 0x703),
                timestamp: Fr(seed + 0x704), coinbase: EthAddress(seed + 0x705), feeRecipient: AztecAddress(Fr(seed + 0x706)),
                gasFees: GasFees(feePerDaGas: Fr(seed + 0x707), feePerL2Gas: Fr(seed + 0x708))),
            totalFees: Fr(seed + 0xf00), totalManaUsed: Fr(seed + 0x1000))
        #expect(header.hash() == fr("2352a779093c231d53586b8c09d3d63033327f5f80029f007fe9deedc67c4be3"))
        let proposed = try #require(header.proposed)
        #expect(proposed.serialized.count == ProposedBlockHeader.byteCount)
        #expect(proposed.hash() == fr("00f99d951c77fcee0f9806913dfbcc004ba7db1181ff74c5727b22b341b016ea"))
    }

    @Test func genesisHeader() {
        func snapshot(_ root: String, _ size: UInt32) -> AppendOnlyTreeSnapshot { AppendOnlyTreeSnapshot(root: fr(root), nextAvailableLeafIndex: size) }
        var header = BlockHeader.zero
        header.state = StateReference(
            l1ToL2MessageTree: snapshot("2e33ee2008411c04b99c24b313513d097a0d21a5040b6193d1f978b8226892d6", 0),
            partial: PartialStateReference(
                noteHashTree: snapshot("1fd848aa69e1633722fe249a5b7f53b094f1c9cef9f5c694b073fd1cc5850dfb", 0),
                nullifierTree: snapshot("0c499b373a1f0fe1b510a63563546d2d39e206895056a5af0143c5f30d639073", 128),
                publicDataTree: snapshot("23c08a6b1297210c5e24c76b9a936250a1ce2721576c26ea797c7ec35f9e46a9", 128)))
        #expect(header.hash() == fr("2da55666630fdf8594065c377958c827dc1c130dac91f17c6699b53dce60ef75"))
    }

    @Test func sizes() {
        var generator = SeededGenerator(seed: 1)
        let header = generator.header()
        #expect(header.serialized.count == BlockHeader.byteCount)
        #expect(header.toFields().count == ProtocolConstants.blockHeaderLength)
        #expect(header.state.serialized.count == StateReference.byteCount)
        #expect(header.globalVariables.serialized.count == GlobalVariables.byteCount)
    }
}
