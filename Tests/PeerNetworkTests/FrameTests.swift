import Compression
import FuzzKit
import PeerNetwork
import Testing

@Suite struct FrameTests {
    private func read(_ frames: [[UInt8]], limit: Int = 4096) -> RequestResponse? {
        var reader = ResponseReader(limit: limit)
        for frame in frames where !reader.receive(frame[...]) { return nil }
        return reader.end()
    }

    @Test func responseInAnyCut() {
        let data = (0..<2000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let bytes = ResponseReader.frames(.success, data).flatMap { $0 }
        for size in [1, 2, 3, 100, bytes.count] {
            let frames = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min(bytes.count, $0 + size)]) }
            #expect(read(frames) == RequestResponse(.success, data))
        }
    }

    @Test func statusStandsAlone() {
        #expect(ResponseReader.frames(.success, Array("pong".utf8)) == [[0], [4, 12, 0x70, 0x6f, 0x6e, 0x67]])
        #expect(ResponseReader.frames(.success) == [[0]])
        #expect(ResponseReader.frames(.rateLimited) == [[1]])
        #expect(read([[9]])?.status == .unknown)
        #expect(read([])?.status == .unknown)
    }

    @Test func bombsAndFloodsAreCutBeforeTheyAreStored() {
        // 3 bytes that declare 2 GB, then a response that never ends.
        #expect(read([[0], [0xff, 0xff, 0xff, 0xff, 0x07]]) == nil)
        #expect(read([[0], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80]]) == nil)
        var reader = ResponseReader(limit: 4096)
        var received = 0
        _ = reader.receive([0])
        while reader.receive([0x80, 0x20] + [UInt8](repeating: 0, count: 98)) {
            received += 100
            #expect(received < ResponseReader.wireLimit(4096))
            if received > 1 << 20 { break }
        }
        #expect(received > 0)
    }

    @Test func badSnappyIsUnknown() {
        let response = read([[0], [9, 9, 9]])
        #expect(response?.status == .unknown && response?.data.isEmpty == true && response?.problem != nil)
    }

    @Test func requests() {
        var ping = RequestReader(.ping)
        #expect(ping.end() == .nothing)
        #expect(ping.receive([1]) == .request([1]))
        var tx = RequestReader(.tx)
        #expect(tx.receive([UInt8](repeating: 1, count: 10)[...]) == .incomplete)
        guard case .refused = tx.end() else { Issue.record("a short hash must be refused"); return }
        #expect(tx.receive([UInt8](repeating: 1, count: 22)[...]) == .request([UInt8](repeating: 1, count: 32)))
        var long = RequestReader(.ping)
        guard case .refused = long.receive([UInt8](repeating: 1, count: 2000)[...]) else { Issue.record("a long request must be refused"); return }
    }

    @Test func blockNumbers() {
        #expect(BlockRequest.number([UInt8](repeating: 0, count: 31) + [7]) == 7)
        #expect(BlockRequest.number([UInt8](repeating: 255, count: 32)) == nil)
        #expect(BlockRequest.number([1]) == nil)
    }

    @Test func goodbyeReasons() {
        #expect(GoodbyeReason(request: [1]) == .shutdown)
        #expect(GoodbyeReason(request: [1, 2]) == .unknown)
        #expect(GoodbyeReason(request: []) == .unknown)
    }

    @Test func fuzz() {
        var fuzz = Fuzz(seed: 5)
        let good = ResponseReader.frames(.success, fuzz.bytes(500) + [UInt8](repeating: 3, count: 500)).flatMap { $0 }
        for _ in 0..<Fuzz.rounds(short: 3000) {
            var bytes = fuzz.altered(good)[...]
            var reader = ResponseReader(limit: 2000)
            var requests = RequestProtocol.allCases.map { RequestReader($0) }
            var isOpen = true
            while !bytes.isEmpty, isOpen {
                let frame = bytes.prefix(1 + fuzz.below(200))
                bytes = bytes.dropFirst(frame.count)
                isOpen = reader.receive(frame)
                for index in requests.indices {
                    if case .request(let request) = requests[index].receive(frame) { #expect(request.count <= RequestProtocol.maxRequestBytes) }
                }
            }
            if isOpen { #expect(reader.end().data.count <= 2000) }
        }
    }
}
