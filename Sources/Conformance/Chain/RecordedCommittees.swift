import Archive
import Bytes
import ChainFollower
import ConformanceKit
import Field
import JSON
import L1
import Protocol
import Storage
import WorldState

/// Committees and seeds as the recorded L1 answered them, against its own answers for each slot's proposer, against who
/// signed proposals and attestations in the recorded gossip, and against what a node has stored.
struct RecordedCommittees {
    private struct Answer {
        var block: Int
        var words: [[UInt8]]
    }

    private let recording: Recording
    private let schedule: EpochSchedule
    /// By the time that was asked about, in the order of L1.
    private var committees: [UInt64: [Answer]] = [:]
    private var seeds: [UInt64: [Answer]] = [:]
    private var proposers: [(time: UInt64, answer: Answer)] = []
    /// Attester of a forwarder, which is what L1 has proposers as.
    private var attesters: [EthAddress: EthAddress] = [:]

    /// nil: the recording does not have what it takes.
    init?(_ recording: Recording) throws {
        self.recording = recording
        guard let contracts = try Vectors.file("l1-contracts", in: recording.directory).map({ try Vectors.json($0).root }),
              let path = Vectors.file("calls", in: recording.directory + "/l1"), let genesis = Self.number(contracts["l1GenesisTime"]),
              let slot = Self.number(contracts["config"]?["aztecSlotDuration"]), let epoch = Self.number(contracts["config"]?["aztecEpochDuration"]), slot > 0, epoch > 0
        else { return nil }
        schedule = EpochSchedule(
            l1GenesisTime: genesis, slotDuration: slot, epochDuration: epoch, ethereumSlotDuration: Self.number(contracts["config"]?["ethereumSlotDuration"]) ?? 0,
            proofSubmissionWindow: Self.number(contracts["config"]?["aztecProofSubmissionWindow"]) ?? 0)
        for validator in contracts["validators"]?.elements.map({ $0 }) ?? [] {
            guard let forwarder = Self.address(validator["forwarder"]), let attester = Self.address(validator["attester"]) else { continue }
            attesters[forwarder] = attester
        }
        for line in try Vectors.lines(path) {
            let row = try JSONDocument.parse(Array(line)).root
            guard let data = row["data"]?.string, data.count == 74, let time = UInt64(data.dropFirst(10), radix: 16), let block = row["n"]?.int,
                  let result = row["r"]?.string.flatMap({ Hex.decode($0) }), !result.isEmpty, result.count % 32 == 0
            else { continue }
            let words = stride(from: 0, to: result.count, by: 32).map { Array(result[$0..<($0 + 32)]) }
            let answer = Answer(block: block, words: words)
            switch data.prefix(10) {
            case "0x1cfe2878": committees[time, default: []].append(answer)
            case "0x7afeed28": seeds[time, default: []].append(answer)
            case "0xc27f08b5": proposers.append((time, answer))
            default: break
            }
        }
    }

    private static func number(_ element: JSONElement?) -> UInt64? { element?.int.flatMap { UInt64(exactly: $0) } ?? element?.string.flatMap { UInt64($0) } }
    private static func address(_ element: JSONElement?) -> EthAddress? { element?.string.flatMap { EthAddress(hex: $0) } }

    /// As L1 had it at a block; nil where nobody asked.
    private func duties(epoch: UInt64, at block: Int) -> EpochDuties? {
        let start = schedule.timestamps(ofEpoch: epoch).start
        guard let committee = committees[start]?.last(where: { $0.block <= block }), let seed = seeds[start]?.last(where: { $0.block <= block }).flatMap({ UInt256(bytes: $0.words[0]) })
        else { return nil }
        // Place and length of the list, then its members.
        return DrawnCommittee(members: committee.words.dropFirst(2).compactMap { EthAddress($0.suffix(20)) }, seed: seed).duties(epoch: epoch, slots: schedule.epochDuration)
    }

    func checkL1(_ report: inout ConformanceReport) {
        for (time, answer) in proposers where time >= schedule.l1GenesisTime {
            let slot = schedule.slot(at: time)
            guard let duties = duties(epoch: schedule.epoch(ofSlot: slot), at: answer.block), let expected = EthAddress(answer.words[0].suffix(20)) else {
                report.skip("proposers of epochs whose committee was not recorded")
                continue
            }
            let ours = duties.proposer(ofSlot: slot)
            report.check(
                file: recording.name, case: "proposer of slot \(slot) at L1 block \(answer.block)", expected: attesters[expected]?.hex ?? "nobody", got: ours?.hex ?? "nobody")
        }
    }

    /// Who signed what the recorded nodes gossiped.
    func checkGossip(_ report: inout ConformanceReport) throws {
        let nodes = recording.directory + "/nodes"
        for node in Vectors.isDirectory(nodes) ? try Vectors.directories(in: nodes) : [] {
            guard let path = Vectors.file("p2p", in: node) else { continue }
            for (index, line) in try Vectors.lines(path).enumerated() {
                let root = try JSONDocument.parse(Array(line)).root
                guard root["ev"]?.string == "publish", let topic = root["topic"]?.string, let data = root["data"]?.string.flatMap({ Hex.decode($0) }) else { continue }
                let label = "\(Vectors.name(node)) p2p \(index + 1)"
                let isProposal = topic.contains(GossipTopic.blockProposal.rawValue)
                guard isProposal || topic.contains(GossipTopic.blockAttestation.rawValue) else { continue }
                // What cannot be read, `GossipChecks` reports.
                guard let (slotNumber, signer) = try? Self.signed(data, isProposal: isProposal) else { continue }
                guard let slot = slotNumber.uint64, let duties = duties(epoch: schedule.epoch(ofSlot: slot), at: .max), !duties.committee.isEmpty else {
                    report.skip("signers in epochs without a recorded committee")
                    continue
                }
                if isProposal {
                    let proposer = duties.proposer(ofSlot: slot)
                    report.check(file: recording.name, case: label + " proposer of slot \(slot)", expected: signer?.hex ?? "nobody", got: proposer?.hex ?? "nobody")
                } else {
                    let isMember = signer.map { duties.committee.contains($0) } ?? false
                    report.check(file: recording.name, case: label + " signer in the committee of slot \(slot)", expected: true, got: isMember)
                }
            }
        }
    }

    private static func signed(_ message: [UInt8], isProposal: Bool) throws -> (slot: Fr, signer: EthAddress?) {
        var reader = ByteReader(message)
        let payload = try P2PMessage(from: &reader).payload
        if isProposal {
            let proposal = try BlockProposal(exactly: payload)
            return (proposal.slotNumber, proposal.sender())
        }
        let attestation = try BlockAttestation(exactly: payload)
        return (attestation.slotNumber, attestation.sender())
    }

    /// What the stopped node has in its database: this epoch and the next one, as of the last L1 block.
    func checkStored(_ dataDirectory: String, file: String, _ report: inout ConformanceReport) throws {
        let database = try Database(
            dataDirectory + "/chain", mode: .readOnly, columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
        let archive = Archive(database)
        guard let head = try archive.l1Head() else { throw Vectors.Failure("the database has no L1 head") }
        let epoch = schedule.epoch(at: head.timestamp)
        let recorded = [epoch, epoch + 1].compactMap { duties(epoch: $0, at: Int(head.number)) }
        guard recorded.count == 2 else { return report.skip("the committee of the last epoch was not recorded") }
        let stored = try archive.duties()
        report.check(file: file, case: "epochs whose committee is stored", expected: recorded.map(\.epoch), got: stored.map(\.epoch))
        for (expected, duties) in zip(recorded, stored) {
            report.check(file: file, case: "committee of epoch \(duties.epoch)", expected: expected.committee.map(\.hex), got: duties.committee.map(\.hex))
            report.check(file: file, case: "proposers of epoch \(duties.epoch)", expected: expected.proposingSeats, got: duties.proposingSeats)
        }
    }
}
