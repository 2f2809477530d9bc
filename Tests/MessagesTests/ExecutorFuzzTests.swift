import FuzzKit
import Messages
import Testing

/// Orders and answers of the execution pool, written by a process that may be broken.
@Suite struct ExecutorFuzzTests {
    @Test func bodies() {
        var fuzz = Fuzz(seed: 43)
        let seeds = [
            BeginBlockMessage(session: 1, baseBlock: 2, validates: true, skipsFeeEnforcement: false, countsOpcodes: true, archiveRoot: fuzz.bytes(32), globals: fuzz.bytes(20)).payload,
            CommitMessage(session: 1, position: 2, index: 3, attempt: 4, diff: fuzz.bytes(20)).payload,
            JobMessage(session: 1, index: 2, attempt: 3, limitNanos: 4, least: 5, onto: [RunNumber(index: 1, attempt: 9)], hash: fuzz.bytes(32), tx: fuzz.bytes(20)).payload,
            CancelMessage(session: 1, index: 2, attempt: 3).payload, ExecutorPresence(generation: 1, executor: 2).payload,
            ResultMessage(session: 1, index: 2, attempt: 3, executor: 4, version: 5, onto: [RunNumber(index: 0, attempt: 1), RunNumber(index: 1, attempt: 1)], status: .verdict, body: fuzz.bytes(20)).payload,
            ProofMessage(ticket: 1, deadline: 2, tx: fuzz.bytes(20)).payload, ProofVerdictMessage(ticket: 1, executor: 2, status: .unavailable, text: fuzz.bytes(20)).payload,
        ]
        var accepted = 0
        for round in 0..<Fuzz.rounds(short: 10_000) {
            let bytes = fuzz.altered(seeds[round % seeds.count])
            let span = bytes.span.bytes
            if let message = BeginBlockMessage(span) { #expect(BeginBlockMessage(message.payload.span.bytes) == message) }
            if let message = CommitMessage(span) { #expect(CommitMessage(message.payload.span.bytes) == message) }
            if let message = JobMessage(span) { #expect(JobMessage(message.payload.span.bytes) == message) }
            if let message = CancelMessage(span) { #expect(CancelMessage(message.payload.span.bytes) == message) }
            if let message = ExecutorPresence(span) { #expect(ExecutorPresence(message.payload.span.bytes) == message) }
            if let message = ProofMessage(span) { #expect(ProofMessage(message.payload.span.bytes) == message) }
            if let message = ProofVerdictMessage(span) { #expect(ProofVerdictMessage(message.payload.span.bytes) == message) }
            if let message = ResultMessage(span) {
                accepted += 1
                #expect(ResultMessage(message.payload.span.bytes) == message)
            }
            let signature = ExecutorSignature(fuzz.next())
            #expect(ExecutorSignature(signature.word) == signature)
        }
        #expect(accepted > 500)
    }

    /// Pieces in any order, with any flags: never more than the limit, and a whole starts with a first piece.
    @Test func pieces() {
        var fuzz = Fuzz(seed: 45)
        var assembler = MessageAssembler(limit: 256)
        var whole = 0, dropped = 0
        for _ in 0..<Fuzz.rounds(short: 10_000) {
            let piece = fuzz.bytes(fuzz.below(100))
            switch assembler.take(kind: UInt16(fuzz.below(8) / 7), signature: UInt64(fuzz.below(8) / 7), flags: UInt16(fuzz.below(5)), piece.span.bytes) {
            case .whole(_, _, let body):
                whole += 1
                #expect(body.count <= 256)
            case .dropped: dropped += 1
            case .partial: break
            }
        }
        #expect(whole > 100 && dropped > 100)
    }
}
