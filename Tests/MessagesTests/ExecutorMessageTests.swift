import IPC
import Messages
import Testing

@Suite struct ExecutorMessageTests {
    private let root = Array(UInt8(0x40)..<0x60)

    @Test func goldenBytes() {
        let begin = BeginBlockMessage(session: 0x0102_0304_0506_0708, baseBlock: 9, validates: true, skipsFeeEnforcement: false, countsOpcodes: true, archiveRoot: root, globals: [1, 2])
        #expect(begin.payload == [8, 7, 6, 5, 4, 3, 2, 1, 9, 0, 0, 0, 5, 0, 0, 0] + root + [1, 2])
        let commit = CommitMessage(session: 3, position: 0x0201, diff: [9])
        #expect(commit.payload == [3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 9])
        let job = JobMessage(session: 3, index: 4, attempt: 5, limitNanos: 6, least: 7, hash: root, tx: [1, 2, 3])
        #expect(job.payload == [3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0] + root + [1, 2, 3])
        #expect(CancelMessage(session: 1, index: 2, attempt: 3).payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
        #expect(ExecutorPresence(generation: 1, executor: 2).payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0])
        let result = ResultMessage(session: 1, index: 2, attempt: 3, executor: 4, version: 5, status: .unavailable, body: [65])
        #expect(result.payload == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 65])
        #expect(ExecutorSignature(target: 7, session: 0x1_0000_0002).word == 0x2_0000_0007)
        #expect(ExecutorMessageKind.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 16, 17, 18])

        #expect(BeginBlockMessage(begin.payload.span.bytes) == begin)
        #expect(CommitMessage(commit.payload.span.bytes) == commit)
        #expect(JobMessage(job.payload.span.bytes) == job)
        #expect(ResultMessage(result.payload.span.bytes) == result)
        let short = Array(job.payload.prefix(JobMessage.headBytes - 1))
        #expect(JobMessage(short.span.bytes) == nil)
        var unknown = result.payload
        unknown[24] = 3
        #expect(ResultMessage(unknown.span.bytes) == nil)
    }

    @Test func zerosArePackedAndComeBack() {
        var state: UInt64 = 1
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for round in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<random(8) {
                bytes += (0..<random(round % 20 == 0 ? 150_000 : 60)).map { _ in UInt8(random(256)) }
                bytes += [UInt8](repeating: 0, count: random(round % 20 == 0 ? 150_000 : 60))
            }
            let packed = PackedZeros.pack(bytes)
            #expect(PackedZeros.unpack(packed[...], limit: bytes.count) == bytes)
            if !bytes.isEmpty { #expect(PackedZeros.unpack(packed[...], limit: bytes.count - 1) == nil) }
            if let cut = packed.indices.last { _ = PackedZeros.unpack(packed[..<cut], limit: 1 << 20) }
        }
        #expect(PackedZeros.pack([UInt8](repeating: 0, count: 50_000)).count == 4)
        #expect(PackedZeros.unpack([1], limit: 10) == nil && PackedZeros.unpack([2, 0, 9, 0], limit: 10) == nil)
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
