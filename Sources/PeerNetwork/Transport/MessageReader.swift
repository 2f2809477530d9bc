import Bytes
import PeerIdentity

/// Reads one message behind a varint length from a stream, then lets go of it.
final class MessageReader: PeerStreamOwner {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var done: ((ArraySlice<UInt8>?) -> Void)?

    /// `done` gets the message, or nil when none came.
    init(limit: Int, _ done: @escaping (ArraySlice<UInt8>?) -> Void) {
        self.limit = limit
        self.done = done
    }

    private func finish(_ message: ArraySlice<UInt8>?) {
        let done = done
        self.done = nil
        done?(message)
    }

    func stream(_ stream: any PeerStream, received piece: ArraySlice<UInt8>) {
        stream.consumed(piece.count)
        guard done != nil else { return }
        bytes += piece.prefix(limit + 10 - min(bytes.count, limit + 10))
        switch Varint.parse(bytes[...], maximumLength: 4) {
        case .incomplete: break
        case .value(let length, let prefix) where length <= UInt64(limit):
            if bytes.count >= prefix + Int(length) {
                let message = bytes[prefix..<(prefix + Int(length))]
                stream.closeWrite()
                finish(message)
            }
        default:
            finish(nil)
            stream.reset()
        }
    }

    func streamEnded(_ stream: any PeerStream) {
        stream.closeWrite()
        finish(nil)
    }

    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) { finish(nil) }
}

/// Nobody listens, nothing is read; keeps a stream that only sends.
final class SilentOwner: PeerStreamOwner {
    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) { stream.consumed(bytes.count) }
    func streamEnded(_ stream: any PeerStream) { stream.closeWrite() }
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) {}
}

/// `/ipfs/ping/1.0.0`: gives back what it gets.
final class EchoOwner: PeerStreamOwner {
    func stream(_ stream: any PeerStream, received bytes: ArraySlice<UInt8>) {
        stream.consumed(bytes.count)
        // A peer that sends without reading.
        guard stream.queuedBytes < 1 << 16 else { return stream.reset() }
        stream.write(Array(bytes))
    }

    func streamEnded(_ stream: any PeerStream) { stream.closeWrite() }
    func streamFailed(_ stream: any PeerStream, _ failure: StreamFailure) {}
}
