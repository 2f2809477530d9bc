import EventLoop
import Testing

@Suite struct LoopUDPTests {
    @Test func datagramsArriveWithTheirSenderAndNoLongerThanAllowed() throws {
        for text in ["127.0.0.1", "::1"] {
            let loop = try EventLoop()
            var received: [(count: Int, from: SocketAddress)] = []
            let receiver = try loop.udp(on: SocketAddress(IPAddress(text)!, 0), maximumBytes: 100) { socket, bytes, sender in
                received.append((bytes.count, sender))
                if received.count == 3 { loop.stop() }
                socket.send(Array(bytes), to: sender)
            }
            var answers: [[UInt8]] = []
            let sender = try loop.udp(on: SocketAddress(IPAddress(text)!, 0), maximumBytes: 100) { _, bytes, _ in answers.append(Array(bytes)) }
            let target = try #require(receiver.address)
            #expect(sender.send([1, 2, 3], to: target))
            #expect(sender.send(Array(repeating: 7, count: 100), to: target))
            #expect(sender.send(Array(repeating: 7, count: 1000), to: target))
            loop.after(.seconds(10)) { loop.stop() }.isEssential = false
            loop.run()
            #expect(received.map(\.count) == [3, 100, 101])
            #expect(received.allSatisfy { $0.from == sender.address })
            for _ in 0..<100 where answers.count < 3 { loop.poll() }
            #expect(answers.first == [1, 2, 3])
            receiver.cancel()
            sender.cancel()
            #expect(!sender.send([1], to: target))
        }
    }

    @Test func bothFamiliesShareAPort() throws {
        let loop = try EventLoop()
        let six = try loop.udp(on: SocketAddress(IPAddress("::")!, 0), maximumBytes: 10) { _, _, _ in }
        let port = try #require(six.address?.port)
        let four = try loop.udp(on: SocketAddress(.any, port), maximumBytes: 10) { _, _, _ in }
        #expect(four.address?.port == port)
        #expect(throws: EventLoopError.self) { try loop.udp(on: SocketAddress(.any, port), maximumBytes: 10) { _, _, _ in } }
        six.cancel()
        four.cancel()
    }
}
