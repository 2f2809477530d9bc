import FuzzKit
import IPC
import Messages
import Synchronization
import Testing

@Suite struct MessageFuzzTests {
    /// What a producer may have written into the ring: refused, or read and written back.
    @Test func tips() {
        var fuzz = Fuzz(seed: 41)
        let whole = TipMessage(
            kind: .newTip, blockNumber: 7, blockHash: fuzz.bytes(32), slot: 8, timestamp: 9, l1BlockNumber: 10, pendingTip: 11, provenTip: 12, finalisedTip: 13
        ).payload
        var accepted = 0
        for _ in 0..<Fuzz.rounds(short: 20_000) {
            let bytes = fuzz.altered(whole)
            let kind = fuzz.below(3) == 0 ? UInt16(truncatingIfNeeded: fuzz.next()) : UInt16(fuzz.below(6))
            guard let message = TipMessage(kind: kind, payload: bytes.span.bytes) else { continue }
            accepted += 1
            #expect(message.kind.rawValue == kind && message.payload.prefix(88) == bytes.prefix(88))
        }
        #expect(accepted > 1000)
    }

    /// A worker that writes nonsense into its own region must not take the process down that prints all workers' figures.
    /// A round renders some two hundred figures, so the long form has 10⁶ of them, not 10⁶ rounds.
    @Test func figuresOfABrokenWorker() throws {
        var fuzz = Fuzz(seed: 42)
        let file = try WorkerRegion.create(name: "test", schemaHash: MetricsSchema.hash)
        let region = try WorkerRegion(file.descriptor, schemaHash: MetricsSchema.hash, writable: true)
        let sources = ["archiver", "api"].map { PrometheusText.Source(kind: $0, index: 0, region: region, inputs: ["a_b"]) }
        for _ in 0..<Fuzz.rounds(short: 50_000) / 200 {
            for offset in stride(from: RegionHeader.bytes, to: WorkerRegion.bytes, by: 8) { region.mapping.word(offset).pointee.store(fuzz.number(), ordering: .relaxed) }
            #expect(!PrometheusText.render(sources, nowNanos: fuzz.number()).isEmpty)
            #expect(region.note.utf8.count <= 3000)
        }
    }
}
