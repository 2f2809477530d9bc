import FuzzKit
import IPC
import Messages
import Supervision
import Synchronization
import Testing
import Topology

/// What commands and broken workers may say to the supervisor and to `aztec status`.
@Suite struct SupervisionFuzzTests {
    static let board = Array("""
        quetzal-board 1
        node 4711 1700000000 0
        title full node
        degraded api: given up
        worker archiver 0 1 4712 2 9 120 300 0
        exit signal 9
        worker api 1 1 4713 0 10 0 0 0
        inputs archiver_tips
        link archiver_tips 64 4096 8 11 0
        consumer 1 0 0

        """.utf8)

    @Test func boards() throws {
        var fuzz = Fuzz(seed: 101)
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 5_000) {
            guard let content = try? BoardContent(decoding: fuzz.alteredText(Self.board)) else { continue }
            accepted += 1
            let again = try BoardContent(decoding: content.encoded)
            #expect(again.workers.count == content.workers.count && again.links.map(\.shape) == content.links.map(\.shape) && again.processID == content.processID)
        }
        #expect(accepted > 100)
    }

    @Test func descriptors() {
        var fuzz = Fuzz(seed: 102)
        let whole = NodeDescriptor(processID: 77, startTicks: 1234, layoutHash: 99, board: 5).encoded
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let bytes = fuzz.altered(whole)
            guard let descriptor = NodeDescriptor(decoding: bytes) else { continue }
            accepted += 1
            #expect(descriptor.encoded.prefix(36) == bytes.prefix(36))
        }
        #expect(accepted > 1000)
    }

    /// Requests are understood or refused; whatever count is asked for, a node keeps the slots it was started with.
    @Test func controlRequests() throws {
        var fuzz = Fuzz(seed: 103)
        let plan = TopologyPlan(kinds: [KindDeclaration("archiver", count: .one, function: "x", stopOrder: 1), KindDeclaration("api", count: .fixed(1), function: "y", stopOrder: 0)], links: [])
        let topology = try Topology(plan, kinds: ["archiver", "api"], cores: UsableCores(allowed: 4, quota: nil))
        var understood = 0, scaled = 0
        for _ in 0..<Fuzz.rounds(short: 10_000) {
            switch ControlRequest(parsing: fuzz.alteredText(fuzz.pick(["scale api=2", "scale api=3 archiver=1", "reload", "stop", "scale"]))) {
            case .scale(let changes):
                understood += 1
                for change in changes {
                    guard let result = try? topology.scaled(change.kind, to: change.count) else { continue }
                    scaled += 1
                    #expect(result.workers.count == topology.workers.count)
                }
            case .reload, .stop: understood += 1
            case .refused(let reason): #expect(!reason.isEmpty)
            }
        }
        #expect(understood > 1000 && scaled > 500)
    }

    /// Regions full of nonsense, shown by `aztec status` and `aztec monitor`. A round shows some two hundred figures, so
    /// the long form has 10⁶ of them, not 10⁶ rounds.
    @Test func figuresOfBrokenWorkers() throws {
        var fuzz = Fuzz(seed: 104)
        let content = try BoardContent(decoding: Self.board)
        let file = try WorkerRegion.create(name: "test", schemaHash: MetricsSchema.hash)
        let region = try WorkerRegion(file.descriptor, schemaHash: MetricsSchema.hash, writable: true)
        var previous: NodeSample?
        for _ in 0..<Fuzz.rounds(short: 100_000) / 200 {
            for offset in stride(from: RegionHeader.bytes, to: WorkerRegion.bytes, by: 8) { region.mapping.word(offset).pointee.store(fuzz.number(), ordering: .relaxed) }
            let sample = try NodeSample(nanos: fuzz.number(), content: content, region: { _ in region }, producerWord: { _, _ in fuzz.number() })
            #expect(!StatusText.render(sample, since: previous).isEmpty && StatusJSON.render(sample).hasSuffix("}\n"))
            previous = sample
        }
    }

    @Test func syncFiguresOfABrokenArchiver() {
        var fuzz = Fuzz(seed: 105)
        var shown = 0
        for isTerminal in [false, true] {
            var progress = SyncProgress(isTerminal: isTerminal)
            var now: UInt64 = 1
            for round in 0..<Fuzz.rounds(short: 5_000) {
                if round % 16 == 0 { progress = SyncProgress(isTerminal: isTerminal) }
                now += fuzz.next() >> 28
                let sync = NodeSample.Sync(height: fuzz.number(), target: fuzz.number(), proven: fuzz.number(), finalised: fuzz.number(), l1Block: fuzz.number())
                if progress.observe(sync, now: now) != nil { shown += 1 }
            }
        }
        #expect(shown > 1000)
    }
}
