import Archive
import Field
import Mempool
import Protocol
import Storage
import TemporaryFiles
import Testing
import WorldState

@Suite struct CommitteeTests {
    static let slots: UInt64 = 4
    static let members = (1...3).map { EthAddress([UInt8](repeating: UInt8($0), count: 20))! }

    static func duties(_ epoch: UInt64, _ seats: [UInt16]) -> EpochDuties { EpochDuties(epoch: epoch, committee: seats.isEmpty ? [] : members, proposingSeats: seats)! }

    /// Time of a slot: genesis is second 1,000, a slot has 12.
    func time(_ slot: UInt64) -> UInt64 { 1_000 + 12 * slot + 11 }

    @Test func whatTheArchiverWroteDecides() throws {
        let scratch = try TemporaryDirectory("mempool")
        let database = try Database(scratch.path + "/chain", mode: .primary, columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
        let archive = Archive(database)
        let chain = ArchiveChain(database)
        func write(_ body: (WriteBatch) -> Void) throws {
            let batch = WriteBatch()
            body(batch)
            try database.write(batch)
            try chain.refresh()
        }
        #expect(chain.proposers(at: time(0)) == .nothing && chain.isInCommittee(Self.members[0], at: time(0)) == .unknown)
        try write {
            archive.setFacts(ChainFacts(
                chainID: 1, rollupVersion: 2, addresses: L1ContractAddresses(), l1StartBlock: 3, genesisTime: 1_000, slotDuration: 12, epochDuration: Self.slots,
                proofSubmissionWindow: 16, l1SlotDuration: 4, genesisArchiveRoot: 9), to: $0)
        }
        #expect(chain.proposers(at: time(13)) == .unknown(slot: 13) && chain.isInCommittee(Self.members[0], at: time(13)) == .unknown)
        try write { archive.setDuties([Self.duties(3, [0, 2, 1, 1]), Self.duties(4, [2, 0, 0, 0])], to: $0) }
        let (a, b, c) = (Self.members[0], Self.members[1], Self.members[2])
        #expect(chain.proposers(at: time(12)) == .known(current: a, next: c, slot: 12))
        #expect(chain.proposers(at: time(14)) == .known(current: b, next: b, slot: 14))
        #expect(chain.proposers(at: time(15)) == .known(current: b, next: c, slot: 15), "the next one is of the next epoch")
        #expect(chain.proposers(at: time(18)) == .known(current: a, next: a, slot: 18))
        #expect(chain.proposers(at: time(19)) == .unknown(slot: 19), "the next one is of an epoch that nobody has read")
        #expect(chain.proposers(at: time(11)) == .unknown(slot: 11))
        #expect(chain.isInCommittee(c, at: time(19)) == .member && chain.isInCommittee(EthAddress.zero, at: time(19)) == .stranger)
        #expect(chain.isInCommittee(c, at: time(20)) == .unknown)
        // The reference divides by the size of a committee, of either epoch («note 06 §2»).
        try write { archive.setDuties([Self.duties(3, [0, 2, 1, 1]), Self.duties(4, [])], to: $0) }
        #expect(chain.proposers(at: time(14)) == .known(current: b, next: b, slot: 14))
        #expect(chain.proposers(at: time(15)) == .empty && chain.proposers(at: time(16)) == .empty)
        #expect(chain.isInCommittee(c, at: time(16)) == .stranger)
    }
}
