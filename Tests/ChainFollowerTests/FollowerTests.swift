import Archive
import ChainFollower
import Field
import L1
import LoopTestKit
import Protocol
import Testing
import WorldState

@Suite(.serialized) struct FollowerTests {
    @Test func treesBuiltAnewAreTheTreesThatWere() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            let kit = try FollowerKit(loop, genesis: recorded.genesis)
            kit.l1.mine(1...21, 65)
            try kit.take(recorded.blocks[0], from: 20, log: 3)
            try kit.take(recorded.blocks[1], from: 21, log: 0)
            let before = try (0...2).map { try kit.store.worldState.snapshot(at: UInt32($0)) }
            try kit.store.rebuildTrees()
            #expect(try (0...2).map { try kit.store.worldState.snapshot(at: UInt32($0)) } == before)
            // And they go on from there: taking back and applying again gives the same.
            try kit.store.unwind(to: 1, point: nil)
            try kit.take(recorded.blocks[1], from: 21, log: 0)
            #expect(try kit.store.worldState.snapshot(at: 2) == before[2])
        }
    }

    /// Epochs of 384 seconds: head 5 is of epoch 0, head 33 of epoch 1.
    @Test func committeesOfThisEpochAndTheNextAreKept() async throws {
        try await onLoop { loop in
            let kit = try FollowerKit(loop)
            let follower = kit.start()
            // A host that cannot say holds nothing up.
            try await follower.step()
            #expect(follower.followed?.number == 5 && kit.l1.committeeQuestions == 1)
            #expect(try kit.store.archive.duties().isEmpty)
            let members = (1...5).map { EthAddress([UInt8](repeating: UInt8($0), count: 20))! }
            kit.l1.committees = [0: DrawnCommittee(members: [], seed: 1), 384: DrawnCommittee(members: members, seed: 3)]
            kit.l1.mine(6...6, 65)
            try await follower.step()
            let duties = try kit.store.archive.duties()
            #expect(duties.map(\.epoch) == [0, 1] && duties.map(\.committee) == [[], members] && duties.map(\.proposingSeats.count) == [0, 32])
            let seat = ProposerSelection.index(epoch: 1, slot: 36, seed: 3, committeeSize: 5)!
            #expect(duties[1].proposer(ofSlot: 36) == members[Int(seat)])
            #expect(duties[1].proposer(ofSlot: 31) == nil && duties[1].proposer(ofSlot: 64) == nil && duties[0].proposer(ofSlot: 0) == nil)
            // Once an epoch, and again after a reorg.
            kit.l1.mine(7...9, 65)
            try await follower.step()
            #expect(kit.l1.committeeQuestions == 3)
            kit.l1.mine(8...10, 66)
            try await follower.step()
            #expect(kit.l1.committeeQuestions == 5)
            kit.l1.committees[768] = DrawnCommittee(members: Array(members[..<2]), seed: 4)
            kit.l1.mine(11...33, 66)
            try await follower.step()
            #expect(try kit.store.archive.duties().map(\.epoch) == [1, 2])
        }
    }

    @Test func aReorgBetweenTwoHeadsIsSeen() async throws {
        try await onLoop { loop in
            let kit = try FollowerKit(loop)
            kit.l1.send(7, in: 5, log: 2)
            let follower = kit.start()
            try await follower.step()
            #expect(try kit.store.archive.lastMessage()?.leaf == 7)
            // Block 5 is replaced while nobody looks; the next head seen is three higher.
            kit.l1.mine(5...8, 66)
            try await follower.step()
            #expect(try kit.store.archive.lastMessage() == nil)
            kit.l1.mine(5...12, 67)
            kit.l1.send(9, in: 6, log: 0)
            try await follower.step()
            #expect(try kit.store.archive.lastMessage()?.leaf == 9)
            #expect(follower.followed?.number == 12)
        }
    }

    @Test func aBlockIsReadOnBehindTheStoredLog() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            for next in [20, 21, 24] as [UInt64] {
                let kit = try FollowerKit(loop, genesis: recorded.genesis)
                kit.l1.tips.pending = 1
                kit.l1.mine(1...next, 65)
                kit.l1.propose(recorded.blocks[0], in: 20, log: 3)
                kit.l1.send(7, in: 20, log: 5)
                try kit.take(recorded.blocks[0], from: 20, log: 3)
                // Killed between the two events.
                try await kit.start().step()
                #expect(try kit.store.latest == 1 && kit.store.archive.lastMessage()?.leaf == 7, "head \(next)")
            }
        }
    }

    @Test func aDeepReorgLosesNothingOfTheBlockItStopsAt() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            let kit = try FollowerKit(loop, genesis: recorded.genesis)
            kit.l1.tips.pending = 1
            kit.l1.mine(1...21, 65)
            kit.l1.propose(recorded.blocks[0], in: 20, log: 3)
            kit.l1.send(7, in: 20, log: 5)
            kit.l1.propose(recorded.blocks[1], in: 21, log: 0)
            try kit.take(recorded.blocks[0], from: 20, log: 3)
            try kit.take(recorded.blocks[1], from: 21, log: 0)
            kit.l1.mine(21...22, 66)
            try await kit.start().step()
            #expect(try kit.store.latest == 1)
            #expect(try kit.store.archive.lastMessage()?.leaf == 7)
        }
    }

    @Test func aHostThatLagsAfterAStartUndoesNothing() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            for log in [3, .max] as [UInt32] {
                let kit = try FollowerKit(loop, genesis: recorded.genesis)
                kit.l1.tips.pending = 1
                kit.l1.mine(1...20, 65)
                kit.l1.propose(recorded.blocks[0], in: 20, log: 3)
                try kit.take(recorded.blocks[0], from: 20, log: log)
                let follower = kit.start()
                kit.l1.shown = 19
                try await follower.step()
                #expect(try kit.store.latest == 1)
                kit.l1.shown = 20
                try await follower.step()
                #expect(try kit.store.latest == 1 && kit.store.syncPoint?.logIndex == .max)
            }
        }
    }

    @Test func aChainThatStaysShorterIsFollowed() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            let kit = try FollowerKit(loop, genesis: recorded.genesis)
            kit.l1.tips.pending = 1
            kit.l1.mine(1...25, 65)
            try kit.take(recorded.blocks[0], from: 20, log: 0)
            try kit.take(recorded.blocks[1], from: 25, log: .max)
            kit.l1.mine(22...24, 66)
            let follower = kit.start(l1SlotDuration: 0)
            try await follower.step()
            #expect(try kit.store.latest == 2)
            try await follower.step()
            #expect(try kit.store.latest == 1 && follower.followed?.number == 24)
        }
    }

    @Test func aProofThatAReorgTookIsForgotten() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            let kit = try FollowerKit(loop, genesis: recorded.genesis)
            kit.l1.tips = RollupTips(pending: 1, proven: 1)
            kit.l1.mine(1...20, 65)
            try kit.take(recorded.blocks[0], from: 20, log: .max)
            let follower = kit.start()
            try await follower.step()
            kit.l1.mine(21...21, 65)
            // A proof may be known before its blocks, and an older one after it.
            for block in [4, 1] as [UInt64] {
                kit.l1.events[21, default: []].append(.proofVerified(blockNumber: block, prover: .zero, place: kit.l1.place(21, block)))
            }
            try await follower.step()
            #expect(try kit.store.proven == 1 && kit.store.archive.provenRecord() == 4)
            kit.l1.mine(21...23, 66)
            kit.l1.tips.proven = 0
            try await follower.step()
            #expect(try kit.store.proven == 0 && kit.store.archive.provenRecord() == 0)
        }
    }

    /// After a restart within the window of a foreseen prune the blocks are not read again only to be taken back.
    @Test func aForeseenPruneIsRememberedFromL1() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            let kit = try FollowerKit(loop, genesis: recorded.genesis)
            kit.l1.tips = RollupTips(pending: 2, proven: 1)
            kit.l1.canPrune = true
            kit.l1.mine(1...20, 65)
            try kit.take(recorded.blocks[0], from: 20, log: .max)
            let follower = kit.start()
            try await follower.step()
            #expect(follower.followed?.number == 20)
            // Block 3 on the old blocks is passed over until L1 says that it will not prune.
            kit.l1.mine(21...21, 65)
            kit.l1.events[21] = [
                .blockProposed(BlockProposedEvent(blockNumber: 3, archive: 5, versionedBlobHashes: [], place: kit.l1.place(21, 0)))
            ]
            kit.l1.tips.pending = 3
            try await follower.step()
            #expect(try kit.store.latest == 1 && follower.followed?.number == 21)
        }
    }

    @Test func theSameProposalInAnotherL1BlockIsTakenAnew() async throws {
        guard let recorded = RecordedStart.shared else { return }
        try await onLoop { loop in
            let kit = try FollowerKit(loop, genesis: recorded.genesis)
            kit.l1.mine(1...20, 65)
            try kit.take(recorded.blocks[0], from: 20, log: .max)
            try kit.store.setSyncPoint(L1SyncPoint(blockNumber: 20))
            kit.l1.mine(20...21, 66)
            kit.l1.propose(recorded.blocks[0], in: 21, log: 0)
            // Its blobs are missing here, so it is gone and asked for again.
            await #expect(throws: L1Error.self) { try await kit.start().step() }
            #expect(try kit.store.latest == 0)
        }
    }
}
