import Bytes
import EventLoop
import Field
import IPC
import Messages
import NodeAPI
import Protocol
import Synchronization

/// Questions to the p2p worker: the server's threads wait here, the worker's loop sends and hears.
///
/// On overload calls beyond `limit` are refused at once. When the p2p worker dies, whoever waits is told so; a transaction
/// may then be stored or not, and sending it again does no harm.
final class PoolClient: Sendable {
    private static let limit = 64
    private static let patience: UInt64 = 15_000_000_000

    private typealias Ticket = AwaitedAnswer<PoolAnswer>

    private let mailbox: LoopMailbox
    private let index: UInt16
    private let waiting = Atomic<Int>(0)
    // Used on the loop's thread only.
    nonisolated(unsafe) private let sender: MessageSender
    nonisolated(unsafe) private var assembler = MessageAssembler(limit: 4 << 20)
    nonisolated(unsafe) private var tickets: [UInt64: Ticket] = [:]
    nonisolated(unsafe) private var next: UInt64 = 1

    /// nil: this node has no p2p worker.
    init?(_ context: WorkerContext) throws {
        guard let output = context.outputs.first(where: { $0.declaredName == "api_p2p" }) else { return nil }
        sender = MessageSender(output)
        index = UInt16(clamping: context.index)
        mailbox = try context.loop.mailbox()
    }

    // MARK: Server threads

    /// Waits for the answer.
    func ask(_ kind: PoolMessageKind, _ body: [UInt8]) throws(RPCFailure) -> [UInt8] {
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.limit else { throw .failed("Too many requests to the pool at once; try again") }
        let ticket = Ticket()
        mailbox.post { [self] in begin(kind, body, ticket) }
        guard let answer = ticket.wait(nanoseconds: Self.patience) else { throw .failed("P2P client not ready") }
        switch answer {
        case .done(let body): return body
        case .refused(let reason): throw .failed(reason)
        }
    }

    // MARK: Loop thread

    static func owns(_ link: InputLink) -> Bool { link.declaredName == "p2p_api" }

    func filter(_ message: RingMessage) -> Bool { PoolSignature(message.signature).api == index }

    func handle(_ message: RingMessage, _ payload: RawSpan, _ link: InputLink) {
        switch assembler.take(message, payload) {
        case .partial: break
        case .dropped: link.countMalformed()
        case .whole(let kind, let signature, let body):
            guard kind == PoolMessageKind.answer.rawValue, let answer = PoolAnswer(body) else { return link.countMalformed() }
            tickets.removeValue(forKey: PoolSignature(signature).ticket)?.settle(answer)
        }
    }

    func creditsReturned() { sender.flush() }

    /// The other end is a new process, which knows of none of our questions.
    func producerRestarted() {
        let lost = tickets
        tickets = [:]
        for ticket in lost.values { ticket.settle(.refused("P2P client not ready")) }
    }

    private func begin(_ kind: PoolMessageKind, _ body: [UInt8], _ ticket: Ticket) {
        // What nobody waits for any more would stay for good if its answer never came.
        if tickets.count >= 4 * Self.limit { producerRestarted() }
        tickets[next] = ticket
        sender.send(kind, to: PoolSignature(api: index, ticket: next), body)
        next += 1
    }
}

// MARK: What the API asks

extension PoolClient: TxSubmitter {
    func submit(_ tx: Tx) throws(RPCFailure) { _ = try ask(.submitTx, tx.serialized) }
}

extension PoolClient: NetworkReader {
    func attestations(slot: UInt64, archive: Fr?) throws(RPCFailure) -> [UInt8] {
        try ask(.attestations, (0..<8).map { UInt8(truncatingIfNeeded: slot >> (8 * UInt64($0))) } + (archive?.bytes ?? []))
    }

    func add(_ attestation: BlockAttestation) throws(RPCFailure) { _ = try ask(.addAttestation, attestation.serialized) }

    func encodedENR() throws(RPCFailure) -> String? {
        let text = String(decoding: try ask(.encodedENR, []), as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    func peers(includingPending: Bool) throws(RPCFailure) -> [UInt8] { try ask(.listPeers, [includingPending ? 1 : 0]) }
}
