import Archive
import Bytes
import Field
import Protocol
import Storage
import Testing

@Suite struct ArchiveTests {
    @Test func takingBlocksBackLeavesNoTrace() throws {
        let blocks = RecordedBlocks.all
        let scratch = try ScratchArchive()
        let archive = scratch.archive
        var states = [try scratch.dump()]
        for block in blocks {
            try scratch.commit { try archive.append(RecordedBlocks.archived(block), to: $0) }
            states.append(try scratch.dump())
        }
        for number in stride(from: blocks.count, to: 0, by: -1) {
            #expect(try archive.latestNumber() == UInt64(number))
            #expect(try scratch.dump() == states[number], "after block \(number) was on top again")
            #expect(states[number] != states[number - 1])
            #expect(try scratch.removed { batch throws(ArchiveError) in try archive.removeLatest(to: batch) } == UInt64(number))
        }
        #expect(try scratch.dump() == states[0])
        #expect(try scratch.removed { batch throws(ArchiveError) in try archive.removeLatest(to: batch) } == nil)
        for (number, block) in blocks.enumerated() {
            try scratch.commit { try archive.append(RecordedBlocks.archived(block), to: $0) }
            #expect(try scratch.dump() == states[number + 1])
        }
    }

    @Test func blocksComeBackAsTheyWere() throws {
        let scratch = try ScratchArchive()
        let archive = scratch.archive
        for block in RecordedBlocks.all {
            let archived = RecordedBlocks.archived(block)
            try scratch.commit { try archive.append(archived, to: $0) }
            let number = UInt64(block.number!)
            #expect(try archive.archivedBlock(number) == archived)
            #expect(try archive.blockNumber(ofHash: block.hash()) == number)
            for (index, effect) in block.body.txEffects.enumerated() {
                let found = try archive.txEffect(effect.txHash)
                #expect(found?.effect == effect && found?.block == number && found?.index == index)
                for (position, log) in effect.privateLogs.enumerated() {
                    #expect(try archive.logs(tag: log.tag).contains {
                        $0.blockNumber == number && $0.txHash == effect.txHash && $0.logIndexInTx == position && $0.log == .privateLog(log)
                    })
                }
                for (position, log) in effect.publicLogs.enumerated() {
                    #expect(try archive.logs(tag: log.tag).contains {
                        $0.blockNumber == number && $0.txHash == effect.txHash && $0.logIndexInTx == position && $0.log == .publicLog(log)
                    })
                }
            }
        }
        #expect(throws: ArchiveError.self) {
            guard let first = RecordedBlocks.all.first else { throw ArchiveError.refused("no golden data") }
            try archive.append(RecordedBlocks.archived(first), to: WriteBatch())
        }
    }

    /// A block that registers again what an older one registered must leave it when it is taken back.
    @Test func aSecondRegistrationIsNotTheFirstOnesEnd() throws {
        guard let first = RecordedBlocks.all.first else { return }
        let data = try BlockContractData(of: first.body)
        #expect(!data.classes.isEmpty)
        let scratch = try ScratchArchive()
        let archive = scratch.archive
        try scratch.commit { try archive.append(RecordedBlocks.archived(first), to: $0) }
        let contracts = RecordedBlocks.all.dropFirst().filter { (try? BlockContractData(of: $0.body).instances.isEmpty) == false }
        // The effects of `first` and of a block with instances again, under number 2 and 3.
        for (number, body) in [first.body, contracts.first?.body ?? first.body, contracts.first?.body ?? first.body].enumerated() {
            var again = first
            again.header.globalVariables.blockNumber = Fr(UInt64(number + 2))
            again.body = body
            try scratch.commit { try archive.append(RecordedBlocks.archived(again), to: $0) }
        }
        let instances = try contracts.first.map { try BlockContractData(of: $0.body).instances } ?? []
        #expect(try archive.contractClass(data.classes[0].contractClass.id)?.block == 1)
        try scratch.commit { try archive.removeLatest(to: $0) }
        for instance in instances { #expect(try archive.contractInstance(instance.address, atBlock: 3) != nil) }
        try scratch.commit { try archive.removeLatest(to: $0) }
        for instance in instances { #expect(try archive.contractInstance(instance.address, atBlock: 3) == nil) }
        try scratch.commit { try archive.removeLatest(to: $0) }
        for entry in data.classes { #expect(try archive.contractClass(entry.contractClass.id)?.block == 1) }
        try scratch.commit { try archive.removeLatest(to: $0) }
        #expect(try archive.contractClassIDs().isEmpty)
    }

    @Test func provenStaysBelowTheTip() throws {
        let blocks = RecordedBlocks.all.prefix(3)
        guard blocks.count == 3 else { return }
        let scratch = try ScratchArchive()
        let archive = scratch.archive
        try scratch.commit { try archive.append(RecordedBlocks.archived(blocks[0]), to: $0) }
        try scratch.commit { archive.setProven(3, to: $0) }
        #expect(try archive.provenNumber() == 1 && archive.provenRecord() == 3)
        for block in blocks.dropFirst() { try scratch.commit { try archive.append(RecordedBlocks.archived(block), to: $0) } }
        #expect(try archive.provenNumber() == 3)
        try scratch.commit { try archive.removeLatest(to: $0) }
        #expect(try archive.provenRecord() == 2)
    }

    @Test func messagesBelongToTheirBlocks() throws {
        let scratch = try ScratchArchive()
        let archive = scratch.archive
        let empty = try scratch.dump()
        func message(_ index: UInt64, l1: UInt64) -> MessageRecord {
            MessageRecord(index: index, leaf: Fr(1000 + index), rollingHash: [UInt8](repeating: UInt8(index), count: 16), l1BlockNumber: l1, l1BlockHash: .zero)
        }
        let sent = [message(16, l1: 5), message(17, l1: 5), message(32, l1: 6), message(64, l1: 9)]
        for one in sent { try scratch.commit { archive.put(one, to: $0) } }
        #expect(try archive.lastMessage() == sent[3])
        #expect(try archive.messageLeaves(forBlock: 0) == [] && archive.messageLeaves(forBlock: 1) == [])
        #expect(try archive.messageLeaves(forBlock: 2) == [1016, 1017])
        #expect(try archive.messageLeaves(forBlock: 3) == [1032] && archive.messageLeaves(forBlock: 4) == [] && archive.messageLeaves(forBlock: 5) == [1064])
        #expect(try archive.messageIndex(ofLeaf: 1032) == 32)
        // Seen again in another L1 block: the last stays the last.
        try scratch.commit { archive.replace(message(17, l1: 7), to: $0) }
        #expect(try archive.message(17)?.l1BlockNumber == 7 && archive.lastMessage() == sent[3])
        #expect(try scratch.removed { batch throws(ArchiveError) in try archive.removeMessages(to: batch) { $0.l1BlockNumber > 8 } } == 1)
        #expect(try archive.lastMessage() == sent[2] && archive.messageIndex(ofLeaf: 1064) == nil)
        #expect(try scratch.removed { batch throws(ArchiveError) in try archive.removeMessages(to: batch) { _ in false } } == 0)
        #expect(try scratch.removed { batch throws(ArchiveError) in try archive.removeMessages(to: batch) { _ in true } } == 3)
        #expect(try archive.lastMessage() == nil)
        #expect(try scratch.dump() == empty)
        // A hole within a block is an error, not a shorter list.
        try scratch.commit { archive.put(sent[0], to: $0) }
        try scratch.commit { archive.put(message(18, l1: 5), to: $0) }
        #expect(throws: ArchiveError.self) { try archive.messageLeaves(forBlock: 2) }
    }
}
