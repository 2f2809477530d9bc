import AVM
import Archive
import ConformanceKit
import Field
import FieldKit
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import Testing
import WorldState

@Suite struct StoredBaseTests {
    @Test func answersAsTheTrees() throws {
        guard let chain = try GoldenChain.load(applied: 8) else { return }
        let base = try StoredBase(chain.database, at: 7, classes: ClassCache(), limits: Self.small)
        let view = try WorldStateView(chain.database, at: 7)
        #expect(base.block == 7 && base.noteHashCount == 64 * UInt64(chain.blocks.prefix(7).reduce(0) { $0 + $1.block.body.txEffects.count }))
        var random = SeededGenerator(seed: 31)
        // What earlier blocks wrote, what block 8 will, and what nobody does; twice, so that kept answers are asked too.
        let effects = chain.blocks.prefix(9).flatMap(\.block.body.txEffects)
        let slots = effects.flatMap { $0.publicDataWrites.map(\.leafSlot) } + random.fields(20...20)
        let nullifiers = effects.flatMap(\.nullifiers) + random.fields(20...20)
        for _ in 0..<2 {
            for slot in slots { #expect(try base.publicData(slot) == view.publicDataValue(slot)) }
            for nullifier in nullifiers { #expect(try base.hasNullifier(nullifier) == view.lowLeaf(.nullifier, nullifier).alreadyPresent) }
        }
        for index in stride(from: UInt64(0), to: base.noteHashCount + 3, by: 7) { #expect(try base.noteHash(at: index) == view.leafValue(.noteHash, index)) }
        for index in 0..<UInt64(16 * 8) { #expect(try base.l1ToL2Message(at: index) == view.leafValue(.l1ToL2Message, index)) }
        for number in 1...8 { #expect(try base.isArchived(chain.blocks[number - 1].block.hash()) == (number <= 7)) }
    }

    /// Block 4 deploys contracts, block 15 deploys and uses them: before that they are unknown, though the database has them.
    @Test func laterContractsAreUnknown() throws {
        guard let chain = try GoldenChain.load(applied: 15) else { return }
        let classes = ClassCache()
        for number in 1...15 {
            let data = try BlockContractData(of: chain.blocks[number - 1].block.body)
            let (before, after) = (
                try StoredBase(chain.database, at: UInt32(number - 1), classes: classes), try StoredBase(chain.database, at: UInt32(number), classes: classes)
            )
            for instance in data.instances {
                // Twice: what is kept of an unknown contract is that it is unknown.
                for _ in 0..<2 { #expect(try before.contractInstance(instance.address) == nil) }
                for _ in 0..<2 { #expect(try after.contractInstance(instance.address) == instance.instance) }
            }
            for published in data.classes {
                let id = published.contractClass.id
                for _ in 0..<2 { #expect(try before.contractClass(id) == nil) }
                for _ in 0..<2 { #expect(try after.contractClass(id)?.program.bytecode == published.contractClass.packedBytecode) }
                // One decoding for all blocks.
                #expect(try after.contractClass(id) === StoredBase(chain.database, classes: classes).contractClass(id))
            }
        }
    }

    /// A class published in a block that is taken back is unknown again, whatever the cache of code holds.
    @Test func unwoundBlocksAreNoStateAtAll() throws {
        guard let chain = try GoldenChain.load(applied: 1) else { return }
        let classes = ClassCache()
        let base = try StoredBase(chain.database, classes: classes)
        let published = try #require(try BlockContractData(of: chain.blocks[0].block.body).classes.first).contractClass.id
        let write = try #require(chain.blocks[0].block.body.txEffects.last?.publicDataWrites.last)
        #expect(try base.contractClass(published) != nil)
        #expect(try base.publicData(write.leafSlot) == write.value)
        try chain.unwind()
        #expect(throws: StateUnavailable.self) { try base.publicData(4711) }
        #expect(throws: StateUnavailable.self) { try base.hasNullifier(4711) }
        #expect(throws: StateUnavailable.self) { try base.noteHash(at: 0) }
        #expect(throws: StateUnavailable.self) { try base.contractInstance(AztecAddress(4711)) }
        #expect(throws: StateUnavailable.self) { try base.contractClass(4711) }
        #expect(throws: StateUnavailable.self) { try StoredBase(chain.database, at: 1, classes: classes) }
        #expect(try StoredBase(chain.database, classes: classes).contractClass(published) == nil)
    }

    /// What an executor does: another process's database, followed as a secondary.
    @Test func aReaderOfAnotherProcessSeesTheUnwindingWhenItCatchesUp() throws {
        guard let chain = try GoldenChain.load(applied: 2) else { return }
        let scratch = try TemporaryDirectory("secondary")
        let reader = try Database(
            chain.dataDirectory + "/chain", mode: .secondary(scratch: scratch.path),
            columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
        let classes = ClassCache()
        let (base, below) = (try StoredBase(reader, classes: classes), try StoredBase(reader, at: 1, classes: classes))
        #expect(base.block == 2)
        let write = try #require(chain.blocks[1].block.body.txEffects.last?.publicDataWrites.last)
        let spent = try #require(chain.blocks[0].block.body.txEffects.first?.nullifiers.first)
        #expect(try base.publicData(write.leafSlot) == write.value)
        // The chain goes on: the pinned blocks are as they were.
        try chain.apply(chain.blocks[2])
        try reader.catchUp()
        #expect(try base.hasNullifier(spent) && below.hasNullifier(spent))
        #expect(try StoredBase(reader, classes: classes).block == 3)
        try chain.unwind()
        try chain.unwind()
        try reader.catchUp()
        #expect(throws: StateUnavailable.self) { try base.publicData(4711) }
        #expect(try below.publicData(4711) == .zero)
        #expect(try StoredBase(reader, classes: classes).block == 1)
    }

    /// A contract's class in the block being built, by the updates that the chain knew before it («note 03 §10.4»).
    @Test func updatesCountFromTheirBlockOn() throws {
        guard let chain = try GoldenChain.load(applied: 2) else { return }
        let address = AztecAddress(0xabc), builder = BlockBuilder(try GoldenChain.kzg.get())
        let deployed: [Fr] = [ContractEventTags.instanceDeployed, address.field, 1, 9, 70] + Array(repeating: .zero, count: 10)
        // Recorded in block 4; takes effect in block 6. Another class before than the first one, to tell who knows of it.
        let update = PublicLog(contractAddress: ProtocolContracts.instanceDeployer, emitted: [ContractEventTags.instanceUpdated, address.field, 71, 72, 6])
        for number in UInt64(3)...7 {
            var effect = TxEffect(txHash: TxHash(Fr(number)), nullifiers: [Fr(9_000_000 + number)])
            if number == 3 { effect.privateLogs = [PrivateLog(emitted: deployed)] }
            if number == 4 { effect.publicLogs = [update] }
            var globals = GlobalVariables.zero
            globals.blockNumber = Fr(number)
            let block = try builder.assemble(
                globals: globals, messages: [], parts: [BlockBuilder.Part(effect: effect, billedGas: .zero)], on: WorldStateFork(chain.database))
            try chain.apply(GoldenChain.Block(block: block, messages: [], txs: []))
        }
        let expected: [UInt32: Fr?] = [2: nil, 3: 70, 4: 71, 5: 72, 6: 72, 7: 72]
        for (block, id) in expected {
            let base = try StoredBase(chain.database, at: block, classes: ClassCache())
            for _ in 0..<2 {
                let instance = try base.contractInstance(address)
                #expect(instance?.currentContractClassId == id && (instance == nil || instance?.originalContractClassId == 70), "after block \(block)")
            }
        }
    }

    private static let small: StoredBase.Limits = {
        var limits = StoredBase.Limits()
        limits.publicData = 8
        limits.nullifiers = 8
        limits.instances = 2
        return limits
    }()
}
