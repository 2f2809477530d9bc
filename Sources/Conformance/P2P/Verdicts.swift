import Bytes
import Compression
import ConformanceKit
import Field
import JSON
import Mempool
import PeerGossip
import PeerIdentity
import PeerNetwork
import Protocol
import PublicExecution
import Storage
import TemporaryFiles

/// `verdicts.json`: crafted messages through what the p2p worker runs: the router, the gate behind it, the judge with its
/// validators, the pools. What gossip is told, what the sender loses, what the pools gain, and each validator's own answer.
enum VerdictChecks {
    @Sendable static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        guard let context = root["context"] else { throw VerdictWorld.FormatError(description: "no context") }
        let checks = try Service(VerdictWorld(context))
        for (index, element) in root.verdictList("cases").enumerated() {
            let label = "\(index) \(element["label"]?.string ?? "")"
            do { try checks.check(element, index, file, label, &report) } catch {
                report.fail(file: file, case: label, expected: "a well-formed case", got: "\(error)")
            }
        }
        for element in root.verdictList("requestedTxValidation") { try checks.checkAnswer(element, file, &report) }
    }

    /// What a message comes to.
    private struct Outcome: Equatable {
        var verdict: GossipVerdict
        var penalty: PeerErrorSeverity?
        var added = 0
        var nonEvictable: [String]?
        var proposalForBlock: UInt64?
    }

    private final class Service {
        let world: VerdictWorld
        let verifier = StandInVerifier()
        let directory: TemporaryDirectory
        let pool: TransactionPool
        let attestations: AttestationPool
        let intake: TransactionIntake
        let judge: GossipJudge
        let router: GossipRouter
        var gate: MessageGate
        var lastData: [UInt8] = []
        var firstTx: Tx?

        init(_ world: VerdictWorld) throws {
            self.world = world
            directory = try TemporaryDirectory("verdicts")
            let database = try Database(directory.path + "/pool", mode: .primary, columnFamilies: PoolSchema.columnFamilies)
            pool = try TransactionPool(database)
            attestations = try AttestationPool(database)
            intake = TransactionIntake(pool)
            var settings = TransactionGate.Settings()
            settings.doubleSpendWindow = world.doubleSpendWindow
            judge = GossipJudge(
                transactions: TransactionGate(chain: world, verifier: verifier, settings: settings), committee: world, pool: pool,
                attestationPool: attestations, intake: intake)
            let gossip = GossipSettings(networkVersion: world.version)
            var choices = SystemRandomNumberGenerator()
            router = GossipRouter(gossip.routerConfiguration, random: { choices.next() }, applicationScore: { _ in 0 })
            for topic in gossip.routerConfiguration.topics.indices { router.subscribe(topic, now: 0) }
            gate = MessageGate(seenLimit: gossip.seenCacheSize)
        }

        func check(_ element: JSONElement, _ index: Int, _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
            let name = element["label"]?.string ?? ""
            world.tip = element["tip"]?.uint64 ?? world.defaultTip
            world.earlierIsEmpty = name.contains("not yet in the snapshot")
            verifier.accepts = !name.contains("proof invalid")
            let topic = name == "unknown topic" ? "/aztec/unknown/\(world.version)" : GossipTopic(rawValue: element["topic"]?.string ?? "")?.name(version: world.version) ?? ""
            if name.contains("same message id") {
                // The id is a hash of topic and data: the same one is the same message.
            } else if let raw = element["messageData"]?.string {
                lastData = try bytes(raw)
            } else {
                lastData = P2PMessage(publishTime: UInt64(index), id: .zero, payload: try bytes(element["payload"]?.string)).serialized
            }
            let got = try receive(lastData, topic: topic, index)
            let expected = try expectation(element)
            report.check(file: file, case: label, expected: expected, got: got)
            if let validators = element["validators"], validators.isObject {
                try checkValidators(validators, bytes(element["payload"]?.string), file, label, &report)
            }
        }

        private func bytes(_ text: String?) throws -> [UInt8] {
            guard let text, let bytes = Hex.decode(text) else { throw VerdictWorld.FormatError(description: "no hex") }
            return bytes
        }

        /// «none reported»: the handler failed before a verdict; the message is forgotten, which is what Ignore does.
        private func expectation(_ element: JSONElement) throws -> Outcome {
            let verdicts: [String: GossipVerdict] = ["accept": .accept, "ignore": .ignore, "reject": .reject, "none reported": .ignore]
            let text = element["verdict"]?.string ?? element["verdict"]?[0]?.string ?? ""
            guard let verdict = verdicts[text] else { throw VerdictWorld.FormatError(description: "verdict «\(text)»") }
            var outcome = Outcome(verdict: verdict, penalty: element["penalties"]?[0]?.string.flatMap { PeerErrorSeverity(rawValue: $0) }, added: element["addedToPool"]?.int ?? 0)
            for callback in element.verdictList("callbacks") {
                if let hashes = callback["nonEvictable"] { outcome.nonEvictable = hashes.elements.map { $0.string ?? "" } }
                if let number = callback["proposalForBlock"] { outcome.proposalForBlock = number.uint64 }
            }
            return outcome
        }

        /// Each case comes from a peer of its own: one blamed for an earlier message would not be heard.
        private func receive(_ data: [UInt8], topic: String, _ index: Int) throws -> Outcome {
            let sender = P2PConformance.testPeer("verdict \(index)")
            let now = UInt64(index)
            router.connected(sender, address: nil, isOutbound: false)
            defer { router.disconnected(sender, now: now) }
            var message = GossipRPC.Message()
            message.topic = Array(topic.utf8)[...]
            message.data = Snappy.compress(data)[...]
            var rpc = GossipRPC()
            rpc.messages = [message]
            router.received(rpc.framed[...], from: sender, now: now)
            for case .validate(let delivery) in router.takeOutputs() {
                let outcome = try judged(delivery)
                let acceptance: GossipAcceptance = switch outcome.verdict {
                case .accept: .accept
                case .ignore: .ignore
                case .reject: .reject
                }
                router.report(delivery.id, from: sender, acceptance, now: now)
                return outcome
            }
            // Dropped without a word.
            return Outcome(verdict: .ignore)
        }

        private func judged(_ delivery: GossipDelivery) throws -> Outcome {
            guard let message = try? gate.open(delivery) else { return Outcome(verdict: .ignore) }
            var added = 0
            var proposed: BlockProposal?
            var refusal: Refusal?
            var isJudged = false
            intake.onStored = { added = $0.added.count }
            judge.onProposal = { proposed = $0 }
            judge.judge(GossipTopic.allCases[delivery.topic], message.payload[...], at: 0) {
                refusal = $0
                isJudged = true
            }
            intake.flush()
            guard isJudged else { throw VerdictWorld.FormatError(description: "no verdict came") }
            if let refusal { return Outcome(verdict: refusal.judgement.verdict, penalty: refusal.judgement.penalty) }
            if firstTx == nil, added > 0 { firstTx = try Tx(prefixOf: message.payload) }
            // Cases repeat objects; each starts with empty pools.
            added += attestations.count
            try pool.delete(pool.pendingHashes())
            try attestations.deleteOlder(than: .max)
            return Outcome(verdict: .accept, added: added, nonEvictable: proposed?.payload.txHashes.map(\.hex), proposalForBlock: proposed?.blockNumber.uint64)
        }

        private func checkValidators(_ validators: JSONElement, _ payload: [UInt8], _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
            let rules: [(String, ArrivalRule)] = [
                ("dataValidator", .data), ("metadataValidator", .metadata), ("doubleSpendValidator", .doubleSpend), ("gasValidator", .gas),
                ("phasesValidator", .phases), ("blockHeaderValidator", .blockHeader),
            ]
            let tx = try Tx(prefixOf: payload)
            for (name, rule) in rules {
                guard let expected = validators[name] else { continue }
                let got = try judge.transactions.validate(tx, rule)
                report.check(file: file, case: "\(label) \(name)", expected: Self.text(expected["result"]?.string, expected["reason"]?.elements.compactMap(\.string)), got: Self.text(got))
            }
        }

        private static func text(_ result: String?, _ reasons: [String]?) -> String { "\(result ?? "") \((reasons ?? []).joined(separator: ", "))" }

        private static func text(_ validation: TxValidation) -> String {
            let result = switch validation {
            case .valid: "valid"
            case .invalid: "invalid"
            case .skipped: "skipped"
            }
            return text(result, validation.reasons.map(\.rawValue))
        }

        /// Answers to a request: the right transaction or another one, with a good or a bad proof.
        func checkAnswer(_ element: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
            let label = element["label"]?.string ?? ""
            guard let tx = firstTx else { return report.skip("no transaction among the cases") }
            verifier.accepts = label.contains("good proof")
            var refusal: Refusal?
            var isAnswered = false
            judge.transactions.checkAnswer(tx, to: label.hasPrefix("right") ? tx.hash() : TxHash(tx.hash().field + 1)) {
                refusal = $0
                isAnswered = true
            }
            guard isAnswered else { throw VerdictWorld.FormatError(description: "no answer came") }
            let penalty = element["penalties"]?[0]?.string.flatMap { PeerErrorSeverity(rawValue: $0) }
            report.check(file: file, case: label, expected: "\(element["valid"]?.bool ?? false) \(String(describing: penalty))", got: "\(refusal == nil) \(String(describing: refusal?.judgement.penalty))")
        }
    }
}
