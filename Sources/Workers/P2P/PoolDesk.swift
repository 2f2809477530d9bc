import Bytes
import Field
import IPC
import JSON
import Mempool
import Messages
import Protocol

/// Answers what the api workers ask: `api_p2p` in, `p2p_api` out.
///
/// A transaction's sender hears of it when it is on the device. A request whose answer a dying process took with it is
/// repeated by the user, not by us: storing twice is storing once.
final class PoolDesk {
    /// What the desk cannot answer out of the pools.
    struct Network {
        var peers: (_ includesPending: Bool) -> [PeerInfo] = { _ in [] }
        var encodedENR: () -> String? = { nil }
    }

    /// A transaction was stored on a user's behalf: it is ours to publish.
    var onSubmitted: ((Tx, TxHash) -> Void)?
    var network = Network()

    private let attestations: AttestationPool
    private let intake: TransactionIntake
    private let answers: MessageSender
    private let link: InputLink
    private var assembler: [UInt16: MessageAssembler] = [:]

    /// Larger than any transaction: a real proof, all calldata, all class logs.
    static let maximumBody = 4 << 20

    /// nil: this node has no api workers.
    init?(_ context: WorkerContext, intake: TransactionIntake, attestations: AttestationPool) {
        guard let link = context.inputs.first(where: { $0.declaredName == "api_p2p" }), let output = context.outputs.first(where: { $0.declaredName == "p2p_api" }) else { return nil }
        self.link = link
        self.intake = intake
        self.attestations = attestations
        answers = MessageSender(output)
    }

    func owns(_ link: InputLink) -> Bool { link.declaredName == "api_p2p" }

    func take(_ message: RingMessage, _ payload: RawSpan, _ link: InputLink) {
        // Each api worker has a ring of its own, whose pieces are never mixed with another's.
        let api = PoolSignature(message.signature).api
        switch assembler[api, default: MessageAssembler(limit: Self.maximumBody)].take(message, payload) {
        case .partial: break
        case .dropped: link.countMalformed()
        case .whole(let kind, let signature, let body):
            guard let kind = PoolMessageKind(rawValue: kind), kind != .answer else { return link.countMalformed() }
            answer(kind, PoolSignature(signature), body)
        }
    }

    /// Answers go on where credits ended.
    func flush() { answers.flush() }

    private func answer(_ kind: PoolMessageKind, _ signature: PoolSignature, _ body: [UInt8]) {
        switch kind {
        case .submitTx:
            decoded(Tx.self, body, signature) { tx in
                intake.offer(tx) { [weak self] result in
                    switch result {
                    case .success(let hash):
                        self?.send(.done([]), signature)
                        self?.onSubmitted?(tx, hash)
                    case .failure(let error): self?.send(.refused("The transaction cannot be stored: \(error)"), signature)
                    }
                }
            }
        case .addAttestation:
            decoded(BlockAttestation.self, body, signature) { attestation in
                do throws(PoolError) {
                    try attestations.add([attestation])
                    send(.done([]), signature)
                } catch { send(.refused("The attestation cannot be stored: \(error)"), signature) }
            }
        case .listPeers:
            var writer = JSONWriter()
            writer.value(network.peers(body.first == 1))
            send(.done(writer.bytes), signature)
        case .attestations: listAttestations(body, signature)
        case .encodedENR: send(.done(Array((network.encodedENR() ?? "").utf8)), signature)
        case .answer: break
        }
    }

    private func listAttestations(_ body: [UInt8], _ signature: PoolSignature) {
        guard body.count == 8 || body.count == 40 else { return send(.refused("\(body.count) bytes ask for no attestations"), signature) }
        let slot = body[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let archive = body.count == 40 ? Fr(canonical: body[8...]) : nil
        guard body.count == 8 || archive != nil else { return send(.done(Array("[]".utf8)), signature) }
        var writer = JSONWriter()
        writer.value(attestations.attestations(slot: slot, archive: archive))
        send(.done(writer.bytes), signature)
    }

    private func decoded<Value: BinaryCodable>(_ type: Value.Type, _ body: [UInt8], _ signature: PoolSignature, _ use: (Value) -> Void) {
        do throws(DecodingError) { use(try Value(exactly: body)) } catch { send(.refused("\(error)"), signature) }
    }

    private func send(_ answer: PoolAnswer, _ signature: PoolSignature) { answers.send(.answer, to: signature, answer.payload) }
}
