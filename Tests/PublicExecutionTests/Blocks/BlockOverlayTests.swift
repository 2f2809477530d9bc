import AVM
import Field
import FieldKit
import Protocol
import PublicExecution
import Testing

@Suite struct BlockOverlayTests {
    /// Random transactions over a random chain, against plain dictionaries.
    @Test func answersAsTheBlockSoFar() throws {
        var random = SeededGenerator(seed: 21)
        for _ in 0..<20 {
            let chain = MemoryBase()
            for key in 0..<20 where Bool.random(using: &random) { chain.slots[Fr(UInt64(key))] = random.field() }
            for key in 0..<20 where Bool.random(using: &random) { chain.nullifierSet.insert(Fr(UInt64(key + 100))) }
            chain.notes = random.fields(3...3) + Array(repeating: .zero, count: 61)
            chain.inbox = random.fields(2...2)
            let overlay = BlockOverlay(over: chain, classes: ClassCache())
            var (slots, nullifiers, notes) = (chain.slots, chain.nullifierSet, chain.notes)
            for position in 0..<8 {
                var diff = TxDiff()
                for _ in 0..<Int.random(in: 0...4, using: &random) {
                    let write = PublicDataWrite(leafSlot: Fr(UInt64.random(in: 0..<20, using: &random)), value: random.field())
                    diff.publicDataWrites.append(write)
                    slots[write.leafSlot] = write.value
                }
                diff.nullifiers = [Fr(UInt64.random(in: 100..<140, using: &random))]
                diff.noteHashes = random.fields(0...64)
                overlay.commit(diff)
                nullifiers.formUnion(diff.nullifiers)
                notes += diff.noteHashes + Array(repeating: .zero, count: 64 - diff.noteHashes.count)

                #expect(overlay.count == position + 1)
                #expect(overlay.noteHashCount == UInt64(notes.count))
                for key in 0..<20 {
                    let slot = Fr(UInt64(key))
                    #expect(try overlay.publicData(slot) == slots[slot] ?? .zero)
                }
                for key in 100..<140 {
                    let nullifier = Fr(UInt64(key))
                    #expect(try overlay.hasNullifier(nullifier) == nullifiers.contains(nullifier))
                }
                for index in 0..<notes.count { #expect(try overlay.noteHash(at: UInt64(index)) == notes[index]) }
                #expect(try overlay.noteHash(at: UInt64(notes.count)) == nil)
                #expect(try overlay.noteHash(at: 1 << 39) == nil)
                #expect(try overlay.l1ToL2Message(at: 1) == chain.inbox[1] && overlay.l1ToL2Message(at: 2) == nil)
            }
            // The chain is as it was.
            #expect(try chain.noteHash(at: 64) == nil)
        }
    }

    /// What is put on a layer is seen there and nowhere else, behind what lies below it.
    @Test func aLayerLeavesTheBlockAsItIs() throws {
        var random = SeededGenerator(seed: 22)
        let chain = MemoryBase()
        chain.notes = Array(repeating: .one, count: 64)
        let overlay = BlockOverlay(over: chain, classes: ClassCache())
        func diff(_ key: UInt64) -> TxDiff {
            var diff = TxDiff()
            diff.publicDataWrites = [PublicDataWrite(leafSlot: Fr(key), value: random.field()), PublicDataWrite(leafSlot: 1, value: Fr(key))]
            diff.nullifiers = [Fr(key)]
            diff.noteHashes = [Fr(key)]
            return diff
        }
        overlay.commit(diff(5))
        let layer = overlay.layer()
        layer.commit(diff(6))
        layer.commit(diff(7))
        #expect(try layer.publicData(1) == 7 && overlay.publicData(1) == 5 && layer.publicData(5) == overlay.publicData(5))
        #expect(try layer.hasNullifier(5) && layer.hasNullifier(6) && !overlay.hasNullifier(6))
        #expect(layer.noteHashCount == 64 * 4 && overlay.noteHashCount == 64 * 2)
        #expect(try layer.noteHash(at: 0) == 1 && layer.noteHash(at: 64) == 5 && layer.noteHash(at: 128) == 6 && layer.noteHash(at: 192) == 7)
        #expect(try layer.noteHash(at: 193) == .some(.zero) && layer.noteHash(at: 256) == nil && overlay.noteHash(at: 128) == nil)
        #expect(layer.chain === overlay.chain)
    }

    @Test func contractsOfTheBlockComeFirst() throws {
        let (chain, overlay) = Self.overlay()
        let address = AztecAddress(77)
        func deployed(_ salt: UInt64, current: Fr) -> ContractInstance {
            ContractInstance(salt: Fr(salt), deployer: .zero, currentContractClassId: current, originalContractClassId: 5, initializationHash: 6, publicKeys: .default)
        }
        chain.instances[address] = deployed(1, current: 9)
        #expect(try overlay.contractInstance(address) == deployed(1, current: 9))
        var diff = TxDiff()
        diff.contracts.instances = [
            ContractInstanceWithAddress(instance: deployed(2, current: 5), address: address),
            // The last one counts, with the class it was deployed with.
            ContractInstanceWithAddress(instance: deployed(3, current: 8), address: address),
        ]
        diff.contracts.classes = [ContractClassPublic(id: 5, artifactHash: 1, privateFunctionsRoot: 2, packedBytecode: [0x3a, 1, 2, 3])]
        #expect(try overlay.contractClass(5) == nil)
        overlay.commit(diff)
        #expect(try overlay.contractInstance(address) == deployed(3, current: 5))
        #expect(try overlay.contractClass(5)?.program.bytecode == [0x3a, 1, 2, 3])
        // Decoded once.
        #expect(try overlay.contractClass(5) === overlay.contractClass(5))
        #expect(try chain.contractInstance(address) == deployed(1, current: 9))
    }

    @Test func aChainThatIsGoneIsNotAnswered() {
        let (chain, overlay) = Self.overlay()
        chain.isGone = true
        var diff = TxDiff()
        diff.publicDataWrites = [PublicDataWrite(leafSlot: 1, value: 2)]
        diff.nullifiers = [3]
        overlay.commit(diff)
        #expect(throws: StateUnavailable.self) { try overlay.publicData(2) }
        #expect(throws: StateUnavailable.self) { try overlay.hasNullifier(4) }
        #expect((try? overlay.publicData(1)) == 2)
        #expect((try? overlay.hasNullifier(3)) == true)
    }

    private static func overlay() -> (MemoryBase, BlockOverlay) {
        let chain = MemoryBase()
        return (chain, BlockOverlay(over: chain, classes: ClassCache()))
    }
}
