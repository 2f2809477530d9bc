import PeerIdentity
import PeerTransport

/// One echo, on either end.
final class Exchange: PeerStreamOwner {
    let name: String
    let peer: PeerID
    let isOurs: Bool
    private(set) var received = 0
    private let expected: [UInt8]?
    private var isGood = true
    private var done: ((Exchange, String) -> Void)?
    private let stream: any PeerStream

    init(_ stream: any PeerStream, sending bytes: [UInt8]?, _ done: @escaping (Exchange, String) -> Void) {
        self.stream = stream
        name = stream.protocolName
        peer = stream.peer
        isOurs = bytes != nil
        expected = bytes
        self.done = done
        stream.owner = self
        guard let bytes else { return }
        stream.write(bytes)
        // A ping stream stays open for more; an echo is over with its bytes.
        if name != PeerNode.pingProtocol { stream.closeWrite() }
    }

    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        stream.consumed(bytes.count)
        if let expected {
            isGood = isGood && received + bytes.count <= expected.count && expected[received..<(received + bytes.count)].elementsEqual(bytes)
        } else {
            stream.write(Array(bytes))
        }
        received += bytes.count
        if let expected, received == expected.count, name == PeerNode.pingProtocol {
            stream.closeWrite()
            finish()
        }
    }

    func streamEnded(_ stream: any PeerStream) {
        stream.closeWrite()
        finish()
    }

    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { end("\(failure)") }

    private func finish() { end(!isGood ? "other bytes than sent" : expected.map { $0.count == received ? "same" : "\(received) of \($0.count) bytes" } ?? "sent back") }

    private func end(_ outcome: String) {
        let done = done
        self.done = nil
        done?(self, outcome)
    }
}
