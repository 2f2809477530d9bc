import Ciphers

/// The two ciphers of a finished handshake. Messages go as 2-byte length ‖ ciphertext ‖ 16-byte tag.
public final class NoiseSession {
    public static let maxPlaintextBytes = 65519
    /// Length and tag around one message.
    public static let overhead = 2 + ChaCha20Poly1305.tagBytes
    /// The reference counts no further.
    public static let maxMessages: UInt64 = 1 << 32

    private let sending: ChaCha20Poly1305
    private let receiving: ChaCha20Poly1305
    private var sent: UInt64 = 0
    private var received: UInt64 = 0

    init(sending: ChaCha20Poly1305, receiving: ChaCha20Poly1305) {
        self.sending = sending
        self.receiving = receiving
    }

    /// Close to the last message that the key may seal: the connection is to be given up.
    public var isWornOut: Bool { sent > Self.maxMessages - 1024 || received > Self.maxMessages - 1024 }

    /// Opens one message (without its length) into the front of `plaintext`, which must hold `maxPlaintextBytes`; returns how many
    /// bytes it is.
    public func open(_ message: Span<UInt8>, into plaintext: inout [UInt8]) throws(NoiseError) -> Int {
        guard message.count >= ChaCha20Poly1305.tagBytes else { throw .tooShort("message") }
        guard received < Self.maxMessages else { throw .exhausted }
        let count: Int
        do { count = try receiving.open(counter: received, message, into: &plaintext) } catch { throw .authenticationFailed("message") }
        received += 1
        return count
    }

    /// Seals `piece` behind what is in `output`, into as many messages as it needs; the last one stays open for more.
    public func append(_ piece: Span<UInt8>, to output: SealedOutput) {
        var offset = 0
        while offset < piece.count {
            if output.messageStart == nil {
                output.messageStart = output.count
                output.count += 2
                sending.beginSealing(counter: sent)
            }
            let part = min(Self.maxPlaintextBytes - output.messageBytes, piece.count - offset)
            sending.seal(piece.extracting(offset..<(offset + part)), into: &output.bytes, at: output.count)
            output.count += part
            output.messageBytes += part
            offset += part
            if output.messageBytes == Self.maxPlaintextBytes { finishMessage(output) }
        }
    }

    /// Begins a new message if `count` more bytes would be cut by the end of the open one: whoever opens a message then finds
    /// the frame whole.
    public func keepTogether(_ count: Int, _ output: SealedOutput) {
        if count <= Self.maxPlaintextBytes, output.messageBytes + count > Self.maxPlaintextBytes { finishMessage(output) }
    }

    public func finishMessage(_ output: SealedOutput) {
        guard let start = output.messageStart else { return }
        sending.finishSealing(into: &output.bytes, at: output.count)
        output.count += ChaCha20Poly1305.tagBytes
        sent += 1
        let length = output.messageBytes + ChaCha20Poly1305.tagBytes
        output.bytes[start] = UInt8(length >> 8)
        output.bytes[start + 1] = UInt8(length & 255)
        output.messageStart = nil
        output.messageBytes = 0
    }
}

/// Where a connection seals what it writes out next. One for all connections of a swarm: it is empty between two writes.
public final class SealedOutput {
    public internal(set) var bytes: [UInt8]
    public internal(set) var count = 0
    var messageStart: Int?
    var messageBytes = 0

    public init(capacity: Int = 4 * (NoiseSession.maxPlaintextBytes + NoiseSession.overhead)) { bytes = [UInt8](repeating: 0, count: capacity) }

    /// Whether a frame of `count` bytes surely fits.
    public func hasRoom(for count: Int) -> Bool {
        let messages = 2 + count / NoiseSession.maxPlaintextBytes
        return self.count + count + messages * NoiseSession.overhead <= bytes.count
    }

    public func clear() {
        count = 0
        messageStart = nil
        messageBytes = 0
    }
}
