import Bytes
import Ciphers
import PeerIdentity
import PeerTransport
import Testing

@Suite struct NoiseTests {
    struct Ends {
        var dialer: NoiseHandshake
        var listener: NoiseHandshake
        let dialerKey = NodeKey.generate()
        let listenerKey = NodeKey.generate()

        init(expecting: PeerID? = nil) {
            dialer = NoiseHandshake(initiator: true, identity: dialerKey, staticKey: .generate(), ephemeral: .generate(), expecting: expecting)
            listener = NoiseHandshake(initiator: false, identity: listenerKey, staticKey: .generate(), ephemeral: .generate())
        }

        /// Runs it through; the bytes of each message.
        mutating func run() throws(NoiseError) -> [[UInt8]] {
            let a = dialer.start()
            let b = try listener.receive(a[...])!
            let c = try dialer.receive(b[...])!
            let rest = try listener.receive(c[...])
            precondition(rest == nil)
            return [a, b, c]
        }
    }

    @Test func agreesAndCarriesData() throws {
        var ends = Ends()
        _ = try ends.run()
        let (a, b) = (ends.dialer.result!, ends.listener.result!)
        #expect(a.peer == ends.listenerKey.id && b.peer == ends.dialerKey.id)
        // Any sizes, both ways; pieces and message borders do not show.
        var plaintext = [UInt8](repeating: 0, count: NoiseSession.maxPlaintextBytes)
        for (from, to) in [(a.session, b.session), (b.session, a.session)] {
            for sizes in [[1], [65519], [65520], [70_000, 3, 0, 5], [10, 65519]] {
                let pieces = sizes.enumerated().map { number, count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &+ number) } }
                let output = SealedOutput()
                for piece in pieces { from.append(piece.span, to: output) }
                from.finishMessage(output)
                var received: [UInt8] = []
                var rest = output.bytes[..<output.count]
                while !rest.isEmpty {
                    let end = 2 + Int(rest[rest.startIndex]) << 8 + Int(rest[rest.startIndex + 1])
                    let message = Array(rest.prefix(end).dropFirst(2))
                    let count = try to.open(message.span, into: &plaintext)
                    received += plaintext[..<count]
                    rest = rest.dropFirst(end)
                }
                #expect(received == pieces.flatMap { $0 })
            }
        }
        // A message again, altered, or too short.
        let output = SealedOutput()
        let three: [UInt8] = [1, 2, 3]
        a.session.append(three.span, to: output)
        a.session.finishMessage(output)
        let message = Array(output.bytes[2..<output.count])
        var altered = message
        altered[1] ^= 1
        #expect(throws: NoiseError.authenticationFailed("message")) { try b.session.open(altered.span, into: &plaintext) }
        #expect(try b.session.open(message.span, into: &plaintext) == 3)
        #expect(throws: NoiseError.authenticationFailed("message")) { try b.session.open(message.span, into: &plaintext) }
        let cut = Array(message[..<15])
        #expect(throws: NoiseError.tooShort("message")) { try b.session.open(cut.span, into: &plaintext) }
    }

    @Test func refusesWrongPeersReplaysAndAlterations() throws {
        let stranger = NodeKey.generate().id
        var ends = Ends(expecting: stranger)
        #expect(throws: NoiseError.wrongPeer(expected: "\(stranger)", got: "\(ends.listenerKey.id)")) { try ends.run() }
        // The bytes of a handshake once more: a new listener has another ephemeral key.
        var recorded = Ends()
        let messages = try recorded.run()
        var fresh = Ends().listener
        _ = try fresh.receive(messages[0][...])
        #expect(throws: NoiseError.authenticationFailed("initiator's key")) { try fresh.receive(messages[2][...]) }
        // After the end there is nothing.
        #expect(throws: NoiseError.exhausted) { try recorded.listener.receive(messages[0][...]) }
        // Any bit of the answer.
        for place in [0, 31, 32, 79, 80, 100, 150] {
            var ends = Ends()
            var answer = try ends.listener.receive(ends.dialer.start()[...])!
            answer[place] ^= 0x40
            #expect(throws: NoiseError.self) { try ends.dialer.receive(answer[...]) }
        }
        // Keys of small order, and cut messages.
        var small = Ends().listener
        #expect(throws: NoiseError.badPublicKey) { try small.receive([UInt8](repeating: 0, count: 32)[...]) }
        var short = Ends().listener
        #expect(throws: NoiseError.tooShort("ephemeral key")) { try short.receive([UInt8](repeating: 1, count: 31)[...]) }
    }
}
