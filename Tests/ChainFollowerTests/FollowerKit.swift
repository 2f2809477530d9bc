import Archive
import Bytes
import ChainFollower
import EventLoop
import Field
import Foundation
import JSON
import L1
import Protocol
import Storage
import TemporaryFiles
import WorldState

/// The first blocks of the vector set `blocks` (they take in no messages) and its genesis; nil when the data are not there.
struct RecordedStart: Sendable {
    let blocks: [L2Block]
    let genesis: GenesisState

    static let shared: RecordedStart? = {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let directory = (ProcessInfo.processInfo.environment["QUETZAL_VECTORS"] ?? here.appendingPathComponent("../shared/vectors").path) + "/blocks"
        guard FileManager.default.fileExists(atPath: directory + "/chain.json.gz") else {
            print("golden data not found at \(directory): tests that need them pass without looking")
            return nil
        }
        do {
            let chain = try JSONDocument.parse(try unzipped(directory + "/chain.json.gz"))
            var leaves: [PublicDataWrite] = []
            for leaf in try chain.root.required("prefilledPublicData").elements {
                leaves.append(PublicDataWrite(leafSlot: Fr(hex: try leaf.required("slot").requireString())!, value: Fr(hex: try leaf.required("value").requireString())!))
            }
            let blocks = try ["01", "02"].map { name in
                let document = try JSONDocument.parse(try unzipped(directory + "/block-\(name).json.gz"))
                return try L2Block(exactly: Hex.decode(try document.root.required("blockHex").requireString())!)
            }
            return RecordedStart(blocks: blocks, genesis: GenesisState(prefilledPublicData: leaves))
        } catch { fatalError("\(error)") }
    }()

    private static func unzipped(_ path: String) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(data)
    }
}

/// An L1 of our making: blocks with a letter for the chain they belong to.
@LoopActor final class MadeUpL1: ChainSource {
    var blocks: [UInt64: L1Header] = [:]
    var events: [UInt64: [L1Event]] = [:]
    var tips = RollupTips(pending: 0, proven: 0)
    var canPrune = false
    var shown: UInt64 = 0
    /// By epoch's first second; L1 fails where there is none.
    var committees: [UInt64: DrawnCommittee] = [:]
    var committeeQuestions = 0

    static func hash(_ number: UInt64, _ chain: UInt8) -> Bytes32 { Bytes32([chain] + [UInt8](repeating: UInt8(number), count: 31))! }

    /// Puts blocks of `chain` on top of what lies below the first of them, and shows the last.
    func mine(_ numbers: ClosedRange<UInt64>, _ chain: UInt8) {
        for number in blocks.keys where number >= numbers.lowerBound {
            blocks[number] = nil
            events[number] = nil
        }
        for number in numbers {
            blocks[number] = L1Header(
                number: number, hash: Self.hash(number, chain), parentHash: blocks[number - 1]?.hash ?? .zero, timestamp: 12 * number, mayHoldEvents: true)
        }
        shown = numbers.upperBound
    }

    func place(_ number: UInt64, _ log: UInt64) -> L1LogPlace {
        L1LogPlace(blockNumber: number, blockHash: blocks[number]!.hash, transactionHash: .zero, logIndex: log)
    }

    /// The first message ever, for block 10 of the rollup.
    func send(_ leaf: Fr, in number: UInt64, log: UInt64) {
        let rolling = InboxRules.rollingHash(after: InboxRules.emptyRollingHash, leaf: leaf)
        events[number, default: []].append(
            .messageSent(MessageSentEvent(l2BlockNumber: 10, index: 144, leaf: leaf, rollingHash: rolling, place: place(number, log))))
    }

    func propose(_ block: L2Block, in number: UInt64, log: UInt64) {
        events[number, default: []].append(
            .blockProposed(BlockProposedEvent(
                blockNumber: UInt64(block.number!), archive: block.archive.root, versionedBlobHashes: [], place: place(number, log))))
    }

    func head() async throws(L1Error) -> L1Header { blocks[shown]! }
    func headers(_ numbers: [UInt64]) async throws(L1Error) -> [L1Header?] { numbers.map { $0 > shown ? nil : blocks[$0] } }
    func events(in range: ClosedRange<UInt64>) async throws(L1Error) -> [L1Event] { range.filter { $0 <= shown }.flatMap { events[$0] ?? [] } }
    func proposal(_ event: BlockProposedEvent) async throws(L1Error) -> Proposal { throw L1Error(.blobsMissing, "no blobs here") }
    func manaBaseFee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> Fr { 1 }
    func committee(at timestamp: UInt64, block: UInt64) async throws(L1Error) -> DrawnCommittee {
        committeeQuestions += 1
        guard let committee = committees[timestamp] else { throw L1Error(.unsupported, "no committee at \(timestamp)") }
        return committee
    }
    func tips(canPruneAt timestamp: UInt64, block: UInt64) async throws(L1Error) -> (RollupTips, canPrune: Bool) { (tips, canPrune) }
}

/// A chain database and followers of it, one after the other as processes would be.
@LoopActor final class FollowerKit {
    let l1 = MadeUpL1()
    let store: ChainStore
    let loop: EventLoop
    private let directory: TemporaryDirectory
    let clock = RollupClock(genesisTime: 0, slotDuration: 12, epochDuration: 32, proofSubmissionWindow: 1_000_000_000)

    init(_ loop: EventLoop, genesis: GenesisState = GenesisState()) throws {
        self.loop = loop
        directory = try TemporaryDirectory("follower")
        let database = try Database(directory.path, mode: .primary, columnFamilies: ChainStore.columnFamilies)
        store = try ChainStore(database, genesis: genesis, clock: clock, history: 64)
        l1.mine(1...5, 65)
    }

    func start(l1SlotDuration: UInt64 = 12) -> ChainFollower {
        ChainFollower(
            settings: .init(clock: clock, chainID: 1, rollupVersion: 1, startBlock: 1, l1SlotDuration: l1SlotDuration, pollNanos: 1_000_000), source: l1, store: store,
            loop: loop, notify: { _ in })
    }

    /// Stores `block` as read from log `log` of L1 block `number`.
    func take(_ block: L2Block, from number: UInt64, log: UInt32) throws {
        let header = l1.blocks[number]!
        try store.apply(
            ArchivedBlock(block: block, l1: L1BlockReference(number: number, timestamp: header.timestamp, hash: header.hash), signatures: []),
            point: L1SyncPoint(blockNumber: number, blockHash: header.hash, logIndex: log))
    }
}
