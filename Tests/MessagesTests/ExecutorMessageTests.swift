import IPC
import Messages
import Testing

@Suite struct ExecutorMessageTests {
    private let root = Array(UInt8(0x40)..<0x60)

    @Test func goldenBytes() {
        let begin = BeginBlockMessage(session: 0x0102_0304_0506_0708, baseBlock: 9, validates: true, skipsFeeEnforcement: false, countsOpcodes: true, archiveRoot: root, globals: [1, 2])
        #expect(begin.payload == [8, 7, 6, 5, 4, 3, 2, 1, 9, 0, 0, 0, 5, 0, 0, 0] + root + [1, 2])
        let commit = CommitMessage(session: 3, position: 0x0201, index: 6, attempt: 7, diff: [9])
        #expect(commit.payload == [3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 6, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9])
        let job = JobMessage(session: 3, index: 4, attempt: 5, limitNanos: 6, least: 7, onto: [RunNumber(index: 8, attempt: 9)], hash: root, tx: [1, 2, 3])
        #expect(job.payload == [3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0] + root + [8, 0, 0, 0, 9, 0, 0, 0, 1, 2, 3])
        #expect(CancelMessage(session: 1, index: 2, attempt: 3).payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
        #expect(ExecutorPresence(generation: 1, executor: 2).payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
        let result = ResultMessage(session: 1, index: 2, attempt: 3, executor: 4, version: 5, status: .unavailable, body: [65])
        #expect(result.payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 65])
        #expect(ExecutorSignature(target: 7, session: 0x1_0000_0002).word == 0x2_0000_0007)
        #expect(ExecutorMessageKind.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 16, 17, 18, 19])

        let proof = ProofMessage(ticket: 0x0102_0304_0506_0708, deadline: 9, tx: [1, 2])
        #expect(proof.payload == [8, 7, 6, 5, 4, 3, 2, 1, 9, 0, 0, 0, 0, 0, 0, 0, 1, 2])
        let verdict = ProofVerdictMessage(ticket: 1, executor: 2, status: .unavailable, text: [65])
        #expect(verdict.payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 65])

        #expect(ProofMessage(proof.payload.span.bytes) == proof && ProofMessage(Array(proof.payload.prefix(15)).span.bytes) == nil)
        #expect(ProofVerdictMessage(verdict.payload.span.bytes) == verdict)
        #expect(BeginBlockMessage(begin.payload.span.bytes) == begin)
        #expect(CommitMessage(commit.payload.span.bytes) == commit)
        #expect(JobMessage(job.payload.span.bytes) == job)
        #expect(ResultMessage(result.payload.span.bytes) == result)
        let short = Array(job.payload.prefix(JobMessage.headBytes - 1))
        #expect(JobMessage(short.span.bytes) == nil)
        var unknown = result.payload
        unknown[24] = 3
        #expect(ResultMessage(unknown.span.bytes) == nil)
        var strange = verdict.payload
        strange[12] = 4
        #expect(ProofVerdictMessage(strange.span.bytes) == nil)
        // More runs than there are bytes for.
        var many = job.payload
        many[28] = 2
        #expect(JobMessage(many.span.bytes) == nil)
        many[31] = 0xff
        #expect(JobMessage(many.span.bytes) == nil)
        let built = ResultMessage(session: 1, index: 2, attempt: 3, executor: 4, version: 5, onto: [RunNumber(index: 1, attempt: 1)], status: .verdict, body: [7])
        #expect(ResultMessage(built.payload.span.bytes) == built && built.payload.count == ResultMessage.headBytes + 9)
    }

    @Test func piecesMakeTheWhole() {
        var assembler = MessageAssembler(limit: 10)
        func piece(_ bytes: [UInt8], _ flags: UInt16, signature: UInt64 = 5) -> MessageAssembler.Outcome { assembler.take(kind: 3, signature: signature, flags: flags, bytes.span.bytes) }
        let stray = piece([1], 2)
        #expect(stray == .dropped)
        let only = piece([1, 2], 3)
        #expect(only == .whole(kind: 3, signature: 5, body: [1, 2]))
        let one = piece([1, 2], 1), two = piece([3], 0), three = piece([4], 2)
        #expect(one == .partial && two == .partial && three == .whole(kind: 3, signature: 5, body: [1, 2, 3, 4]))
        _ = piece([1, 2], 1)
        let other = piece([9], 2, signature: 6)
        #expect(other == .dropped)
        _ = piece([UInt8](repeating: 1, count: 8), 1)
        let large = piece([1, 2, 3], 2)
        #expect(large == .dropped)
    }
}
