import Bytes
public import Ciphers
public import PeerIdentity

/// The XX handshake with libp2p identities («note 07 §3.3»): messages in, messages out. Messages go without their length here;
/// `framed` puts it in front.
public struct NoiseHandshake {
    /// Handshake messages carry two keys, an identity and perhaps extensions.
    public static let maxMessageBytes = 8192

    private enum Stage { case initiatorStart, awaitingResponse, responderStart, awaitingFinal, done }

    private let identity: NodeKey
    private let isInitiator: Bool
    private let expected: PeerID?
    private let fixed: X25519.KeyPair
    private let ephemeral: X25519.KeyPair
    private var remoteEphemeral: [UInt8] = []
    private var state = NoiseSymmetricState()
    private var stage: Stage

    /// Set once the handshake is through.
    public private(set) var result: (peer: PeerID, session: NoiseSession)?

    /// `staticKey` is the process's Noise key. `ephemeral` must be new for every handshake.
    public init(initiator: Bool, identity: NodeKey, staticKey: X25519.KeyPair, ephemeral: X25519.KeyPair, expecting expected: PeerID? = nil) {
        self.identity = identity
        isInitiator = initiator
        self.expected = expected
        fixed = staticKey
        self.ephemeral = ephemeral
        stage = initiator ? .initiatorStart : .responderStart
    }

    public static func framed(_ message: [UInt8]) -> [UInt8] { [UInt8(message.count >> 8), UInt8(message.count & 255)] + message }

    /// The initiator's first message.
    public mutating func start() -> [UInt8] {
        precondition(isInitiator && stage == .initiatorStart)
        stage = .awaitingResponse
        state.mixHash(ephemeral.publicKey)
        return ephemeral.publicKey + state.encryptAndHash([])
    }

    /// Takes one whole message; returns the one to send in answer, if any.
    public mutating func receive(_ message: ArraySlice<UInt8>) throws(NoiseError) -> [UInt8]? {
        switch stage {
        case .responderStart:
            try takeEphemeral(message)
            _ = try decrypt(message.dropFirst(32), "first payload")
            stage = .awaitingFinal
            state.mixHash(ephemeral.publicKey)
            state.mixKey(try secret(ephemeral, remoteEphemeral[...]))
            let key = state.encryptAndHash(fixed.publicKey)
            state.mixKey(try secret(fixed, remoteEphemeral[...]))
            return ephemeral.publicKey + key + state.encryptAndHash(payload)
        case .awaitingResponse:
            try takeEphemeral(message)
            state.mixKey(try secret(ephemeral, remoteEphemeral[...]))
            let rest = message.dropFirst(32)
            guard rest.count >= 48 + 16 else { throw .tooShort("second message") }
            let remoteStatic = try decrypt(rest.prefix(48), "responder's key")
            state.mixKey(try secret(ephemeral, remoteStatic[...]))
            let peer = try verify(try decrypt(rest.dropFirst(48), "responder's payload"), remoteStatic)
            let key = state.encryptAndHash(fixed.publicKey)
            state.mixKey(try secret(fixed, remoteEphemeral[...]))
            let answer = key + state.encryptAndHash(payload)
            finish(peer)
            return answer
        case .awaitingFinal:
            guard message.count >= 48 + 16 else { throw .tooShort("third message") }
            let remoteStatic = try decrypt(message.prefix(48), "initiator's key")
            state.mixKey(try secret(ephemeral, remoteStatic[...]))
            finish(try verify(try decrypt(message.dropFirst(48), "initiator's payload"), remoteStatic))
            return nil
        case .initiatorStart, .done: throw .exhausted
        }
    }

    private mutating func takeEphemeral(_ message: ArraySlice<UInt8>) throws(NoiseError) {
        guard message.count >= 32 else { throw .tooShort("ephemeral key") }
        remoteEphemeral = Array(message.prefix(32))
        state.mixHash(remoteEphemeral)
    }

    private mutating func decrypt(_ bytes: ArraySlice<UInt8>, _ what: NoiseError.StaticText) throws(NoiseError) -> [UInt8] {
        do { return try state.decryptAndHash(bytes) } catch { throw .authenticationFailed(what) }
    }

    private func secret(_ own: X25519.KeyPair, _ remote: ArraySlice<UInt8>) throws(NoiseError) -> [UInt8] {
        do { return try own.sharedSecret(with: remote) } catch { throw .badPublicKey }
    }

    private mutating func finish(_ peer: PeerID) {
        stage = .done
        let (initiator, responder) = state.split()
        result = (peer, isInitiator ? NoiseSession(sending: initiator, receiving: responder) : NoiseSession(sending: responder, receiving: initiator))
    }

    // MARK: Payload

    private static let signaturePrefix = Array("noise-libp2p-static-key:".utf8)

    private var payload: [UInt8] {
        var writer = ProtobufWriter()
        writer.write(1, identity.id.publicKeyProtobuf)
        writer.write(2, identity.sign(message: Self.signaturePrefix + fixed.publicKey))
        return writer.bytes
    }

    private func verify(_ payload: [UInt8], _ remoteStatic: [UInt8]) throws(NoiseError) -> PeerID {
        var key: ArraySlice<UInt8>?
        var signature: ArraySlice<UInt8>?
        let peer: PeerID
        do throws(DecodingError) {
            var reader = ProtobufReader(payload[...])
            while let field = try reader.next() {
                switch field.number {
                case 1: key = try field.bytes("identity key")
                case 2: signature = try field.bytes("identity signature")
                default: break  // extensions: nothing in them concerns us
                }
            }
            guard let key else { throw DecodingError("no identity key") }
            peer = try PeerID(publicKeyProtobuf: key)
        } catch {
            throw .malformedPayload("\(error)")
        }
        guard let signature, peer.verify(message: Self.signaturePrefix + remoteStatic, signature: Array(signature)) else { throw .badSignature }
        if let expected, expected != peer { throw .wrongPeer(expected: "\(expected)", got: "\(peer)") }
        return peer
    }
}
