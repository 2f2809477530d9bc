import AVM
import Field
import FieldKit
import Glibc
import Hashing
import Protocol
import PublicExecution
import Testing

/// The journal against a model that copies everything at each fork.
@Suite struct TxJournalTests {
    struct Model {
        var slots: [Fr: Fr] = [:]
        var writes: [PublicDataWrite] = []
        var nullifiers: [Fr] = []
        var noteHashes: [Fr] = []
        var messages: [ScopedL2ToL1Message] = []
        var logs: [PublicLog] = []
        var inherited = 0, own = 0
    }

    static func isLong() -> Bool { getenv("QUETZAL_LONG") != nil }

    @Test func forksNestAndUndo() throws {
        for seed in 0..<(Self.isLong() ? 20_000 : 300) {
            var random = SeededGenerator(seed: UInt64(seed))
            try run(&random, seed)
        }
    }

    private func run(_ random: inout SeededGenerator, _ seed: Int) throws {
        let base = MemoryBase()
        for slot in 1...4 as ClosedRange<UInt64> { base.slots[Siloing.publicDataLeafSlot(contract: 1, slot: Fr(slot))] = Fr(slot + 1000) }
        base.nullifierSet = [Siloing.nullifier(1, contract: 1), Siloing.nullifier(2, contract: 3)]
        base.notes = [7, 0, 9]
        let journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        var model = Model()
        var stack: [Model] = []
        for step in 0..<Int.random(in: 1...400, using: &random) {
            let contract = AztecAddress(UInt64.random(in: 1...3, using: &random))
            let item = Fr(UInt64.random(in: 1...12, using: &random))
            let comment = Comment(rawValue: "seed \(seed), step \(step)")
            switch Int.random(in: 0..<24, using: &random) {
            case 0...2:
                journal.fork()
                stack.append(model)
                (model.inherited, model.own) = (model.inherited + model.own, 0)
            case 3, 4:
                guard let parent = stack.popLast() else { continue }
                journal.merge()
                (model.inherited, model.own) = (parent.inherited, parent.own)
            case 5:
                guard let parent = stack.popLast() else { continue }
                journal.reject()
                model = parent
            case 6...10:
                let leaf = Siloing.publicDataLeafSlot(contract: contract.field, slot: item), value = Fr(UInt64(step + 1))
                let full = model.inherited + model.own >= 63
                #expect(Self.halts { () throws(AVMFault) in try journal.writeStorage(contract, slot: item, value: value) } == full, comment)
                if !full {
                    model.own += 1
                    model.slots[leaf] = value
                    model.writes.append(PublicDataWrite(leafSlot: leaf, value: value))
                }
            case 11...14:
                let leaf = Siloing.publicDataLeafSlot(contract: contract.field, slot: item)
                #expect(try journal.readStorage(contract, slot: item) == model.slots[leaf] ?? base.slots[leaf] ?? .zero, comment)
            case 15, 16:
                let siloed = Siloing.nullifier(item, contract: contract.field)
                let refused = model.nullifiers.contains(siloed) || base.nullifierSet.contains(siloed) || model.nullifiers.count >= 64
                #expect(Self.halts { () throws(AVMFault) in try journal.emitNullifier(contract, item) } == refused, comment)
                if !refused { model.nullifiers.append(siloed) }
            case 17:
                let siloed = Siloing.nullifier(item, contract: contract.field)
                #expect(try journal.nullifierExists(contract, item) == (model.nullifiers.contains(siloed) || base.nullifierSet.contains(siloed)), comment)
            case 18, 19:
                let refused = model.noteHashes.count >= 64
                #expect(Self.halts { () throws(AVMFault) in try journal.emitNoteHash(contract, item) } == refused, comment)
                if !refused {
                    let nonce = Siloing.nonce(firstNullifier: 77, index: UInt64(model.noteHashes.count))
                    model.noteHashes.append(Siloing.uniqueNoteHash(nonce: nonce, siloedNoteHash: Siloing.noteHash(item, contract: contract.field)))
                }
            case 20:
                let index = Int.random(in: 0..<80, using: &random), all = base.notes + model.noteHashes
                let leaf = index < all.count ? all[index] : nil
                // The tree looks at 40 bits of the index.
                let aliased = UInt64(index) | UInt64.random(in: 0..<4, using: &random) << 40
                #expect(try journal.noteHashExists(leaf ?? 0, at: aliased) == (leaf != nil), comment)
                #expect(try !journal.noteHashExists((leaf ?? 0) + 1, at: aliased), comment)
            case 21:
                let refused = model.messages.count >= 8
                #expect(Self.halts { () throws(AVMFault) in try journal.sendL2ToL1Message(contract, recipient: .zero, content: item) } == refused, comment)
                if !refused {
                    model.messages.append(ScopedL2ToL1Message(
                        message: L2ToL1Message(recipient: .zero, content: item, counter: 0), contractAddress: contract))
                }
            default:
                let refused = model.logs.count >= 8
                #expect(Self.halts { () throws(AVMFault) in try journal.emitPublicLog(contract, [item]) } == refused, comment)
                if !refused { model.logs.append(PublicLog(contractAddress: contract, emitted: [item])) }
            }
            #expect(journal.nullifiers == model.nullifiers, comment)
            #expect(journal.noteHashes == model.noteHashes, comment)
        }
        #expect(journal.messages == model.messages)
        #expect(journal.publicLogs == model.logs)
        var squashed: [PublicDataWrite] = []
        for write in model.writes where !squashed.contains(where: { $0.leafSlot == write.leafSlot }) {
            squashed.append(PublicDataWrite(leafSlot: write.leafSlot, value: model.writes.last { $0.leafSlot == write.leafSlot }?.value ?? .zero))
        }
        #expect(journal.squashedWrites() == squashed)
        // What was read is what the base says.
        for (slot, value) in journal.readSet.publicData { #expect(base.slots[slot] ?? .zero == value) }
        for (nullifier, found) in journal.readSet.nullifiers { #expect(base.nullifierSet.contains(nullifier) == found) }
        for (index, leaf) in journal.readSet.noteHashes { #expect(leaf == (index < 3 ? base.notes[Int(index)] : nil)) }
    }

    /// Whether `body` halts; other faults fail the test.
    private static func halts(_ body: () throws(AVMFault) -> Void) -> Bool {
        do {
            try body()
            return false
        } catch {
            if case .halt = error { return true }
            Issue.record("\(error)")
            return false
        }
    }

    @Test func aMergedChildsWritesAreNotCounted() throws {
        let journal = TxJournal(base: MemoryBase(), blockNumber: 5, firstNullifier: 77)
        for round in 0..<3 as Range<UInt64> {
            journal.fork()
            for slot in 0..<63 as Range<UInt64> { try journal.writeStorage(1, slot: Fr(100 * round + slot), value: 1) }
            #expect(throws: AVMFault.self) { try journal.writeStorage(1, slot: 0, value: 1) }
            journal.merge()
        }
        #expect(journal.squashedWrites().count == 189)
    }

    /// A call has what its callers have left, however deep: 40 and 10 written above leave 13 of 63.
    @Test func aChildHasWhatItsCallersHaveLeft() throws {
        let journal = TxJournal(base: MemoryBase(), blockNumber: 5, firstNullifier: 77)
        func write(_ slots: Range<UInt64>) throws { for slot in slots { try journal.writeStorage(1, slot: Fr(slot), value: 1) } }
        try write(0..<40)
        journal.fork()
        try write(100..<110)
        for round in 0..<2 as Range<UInt64> {
            journal.fork()
            try write(200 + 20 * round..<213 + 20 * round)
            #expect(throws: AVMFault.self) { try write(300..<301) }
            if round == 0 { journal.merge() } else { journal.reject() }
        }
        // Back in the caller, which counts its own and its callers' again.
        try write(400..<413)
        #expect(throws: AVMFault.self) { try write(500..<501) }
        journal.merge()
        try write(600..<623)
        #expect(throws: AVMFault.self) { try write(700..<701) }
        #expect(journal.squashedWrites().count == 40 + 10 + 13 + 13 + 23)
    }

    @Test func theBaseIsAskedOnce() throws {
        let base = MemoryBase()
        base.notes = [5]
        let journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        for _ in 0..<3 {
            _ = try journal.readStorage(1, slot: 2)
            _ = try journal.nullifierExists(1, 2)
            _ = try journal.noteHashExists(5, at: 0)
            _ = try journal.noteHashExists(5, at: 1)
            _ = try journal.contractInstance(9)
        }
        #expect(base.reads == 5)
        #expect(journal.readSet.publicData.count == 1 && journal.readSet.nullifiers.count == 1 && journal.readSet.instances == [9])
        let leaves: [UInt64: Fr?] = [0: 5, 1: nil]
        #expect(journal.readSet.noteHashes == leaves)
        #expect(journal.readSet.noteHashCount == nil)
    }

    @Test func thePlaceOfOwnNoteHashesIsRecordedWhenItMatters() throws {
        let base = MemoryBase()
        base.notes = [5]
        let journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        try journal.emitNoteHash(1, 2)
        #expect(try journal.noteHashExists(5, at: 0))
        #expect(journal.readSet.noteHashCount == nil)
        #expect(try journal.noteHashExists(journal.noteHashes[0], at: 1))
        #expect(journal.readSet.noteHashCount == 1)
    }

    @Test func aBaseThatIsGoneIsNobodysFault() {
        let base = MemoryBase()
        base.isGone = true
        let journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        #expect(throws: AVMFault.unavailable("gone")) { _ = try journal.readStorage(1, slot: 2) }
        #expect(throws: AVMFault.unavailable("gone")) { _ = try journal.program(of: 3) }
        #expect(journal.readSet == ReadSet())
    }

    // MARK: Contracts

    private static let instance = ContractInstance(
        salt: 0, deployer: .zero, currentContractClassId: 9, originalContractClassId: 9, initializationHash: 0, publicKeys: .default)

    @Test func anInstanceWhoseDeploymentIsUndoneIsNoInstance() throws {
        let base = MemoryBase()
        base.instances[0x1000] = Self.instance
        let journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        journal.fork()
        try journal.emitNullifier(2, 0x1000)
        #expect(try journal.contractInstance(0x1000) == Self.instance)
        journal.fork()
        #expect(try journal.contractInstance(0x1000) == Self.instance)
        journal.reject()
        #expect(try journal.contractInstance(0x1000) == Self.instance)
        journal.reject()
        #expect(throws: AVMFault.self) { _ = try journal.contractInstance(0x1000) }
    }

    @Test func anUpdateOfTheTransactionItselfIsSeen() throws {
        let base = MemoryBase()
        base.instances[0x1000] = Self.instance
        base.nullifierSet = [Siloing.nullifier(0x1000, contract: 2)]
        let journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        #expect(try journal.contractInstance(0x1000) == Self.instance)
        journal.fork()
        // A hash without the values it is of: fatal as long as it stands.
        try journal.writeStorage(2, slot: Siloing.contractUpdateSlot(0x1000) + 3, value: 1)
        #expect(throws: AVMFault.self) { _ = try journal.contractInstance(0x1000) }
        journal.reject()
        #expect(try journal.contractInstance(0x1000) == Self.instance)
    }

    @Test func classesCountInRejectedForksToo() throws {
        let base = MemoryBase(), journal = TxJournal(base: base, blockNumber: 5, firstNullifier: 77)
        for number in 1...22 as ClosedRange<UInt64> {
            let address = AztecAddress(0x1000 + number)
            var instance = Self.instance
            instance.currentContractClassId = Fr(number)
            instance.originalContractClassId = Fr(number)
            base.instances[address] = instance
            base.classes[Fr(number)] = ExecutableClass(id: Fr(number), program: Program([0x3b]))
            base.nullifierSet.insert(Siloing.nullifier(address.field, contract: 2))
        }
        for number in 1...21 as ClosedRange<UInt64> {
            journal.fork()
            #expect(try journal.program(of: AztecAddress(0x1000 + number)) != nil)
            journal.reject()
        }
        #expect(Self.halts { () throws(AVMFault) in _ = try journal.program(of: 0x1016) })
        // Known ones still run, and looking is free.
        #expect(try journal.program(of: 0x1001) != nil)
        #expect(try journal.contractInstance(0x1016) != nil)
    }

    @Test func siloedHashesAreThoseOfTheNotes() {
        // «note 03 §18»
        #expect(SiloedHashes().leafSlot(1, 3) == Fr(hex: "13c520847ef2069f11086e5085b756d5e03931879b7e6a63eca639e4b5ad4a4a"))
        #expect(SiloedHashes().nullifier(123, 456) == Fr(hex: "280270c4a9431f6d4f029f5cd77807c5d797dab9e83181a47a9082ae2c5a3149"))
        #expect(SiloedHashes.noteHash(123, 456) == Fr(hex: "12ddf0068d9dba68cb857f9b431064c0c04c06fad060b9df25894ccc4a790066"))
        let many = SiloedHashes.unique((0..<11).map { Fr(UInt64($0)) }, firstNullifier: 9, index: 3)
        #expect(many == (0..<11).map { SiloedHashes.unique(Fr(UInt64($0)), firstNullifier: 9, index: 3 + $0) })
    }
}
