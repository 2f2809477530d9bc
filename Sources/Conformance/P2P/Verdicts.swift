import Bytes
import ConformanceKit
import Field
import Hashing
import JSON
import Mempool
import Protocol
import PublicExecution
import Storage

/// `verdicts.json`: crafted messages through envelope, topic, seen cache, validators and pools; what gossip is told, what the
/// sender loses, what the pools gain, and each validator's own answer.
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
        let transactionGate: TransactionGate
        let proposalGate: ProposalGate
        let attestationGate: AttestationGate
        var messages: MessageGate
        var lastID: [UInt8] = []
        var firstTx: Tx?

        init(_ world: VerdictWorld) throws {
            self.world = world
            directory = try TemporaryDirectory("verdicts")
            let database = try Database(directory.path + "/pool", mode: .primary, columnFamilies: PoolSchema.columnFamilies)
            pool = try TransactionPool(database)
            attestations = try AttestationPool(database)
            var settings = TransactionGate.Settings()
            settings.doubleSpendWindow = world.doubleSpendWindow
            transactionGate = TransactionGate(chain: world, verifier: verifier, settings: settings)
            proposalGate = ProposalGate(committee: world)
            attestationGate = AttestationGate(committee: world)
            messages = MessageGate(version: world.version)
        }

        func check(_ element: JSONElement, _ index: Int, _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
            let name = element["label"]?.string ?? ""
            world.tip = element["tip"]?.uint64 ?? world.defaultTip
            world.earlierIsEmpty = name.contains("not yet in the snapshot")
            verifier.accepts = !name.contains("proof invalid")
            let topic = name == "unknown topic" ? "/aztec/unknown/\(world.version)" : GossipTopic(rawValue: element["topic"]?.string ?? "")?.name(version: world.version) ?? ""
            let data: [UInt8]
            if let raw = element["messageData"]?.string {
                data = try bytes(raw)
            } else {
                data = P2PMessage(publishTime: UInt64(index), id: .zero, payload: try bytes(element["payload"]?.string)).serialized
            }
            if !name.contains("same message id") { lastID = Array(SHA256.hash(Array(topic.utf8) + data).prefix(20)) }
            let got = try receive(data, topic: topic, id: lastID)
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

        private func receive(_ data: [UInt8], topic: String, id: [UInt8]) throws -> Outcome {
            let opened: (topic: GossipTopic, payload: ArraySlice<UInt8>)
            switch messages.open(data[...], topic: topic, id: id) {
            case .failure(let refusal): return Outcome(verdict: refusal.judgement.verdict, penalty: refusal.judgement.penalty)
            case .success(let message): opened = message
            }
            func refused(_ refusal: Refusal) -> Outcome { Outcome(verdict: refusal.judgement.verdict, penalty: refusal.judgement.penalty) }
            switch opened.topic {
            case .tx:
                var outcome: Outcome?
                var accepted: Tx?
                transactionGate.judge(opened.payload) { result in
                    switch result {
                    case .success(let tx):
                        accepted = tx
                        outcome = Outcome(verdict: .accept)
                    case .failure(let refusal): outcome = refused(refusal)
                    }
                }
                if let accepted {
                    if firstTx == nil { firstTx = accepted }
                    // Cases repeat transactions; each starts with an empty pool.
                    outcome?.added = try pool.add([HashedTransaction(accepted)]).added.count
                    try pool.delete(pool.pendingHashes())
                }
                guard let outcome else { throw VerdictWorld.FormatError(description: "no verdict came") }
                return outcome
            case .blockProposal:
                switch proposalGate.judge(opened.payload, at: 0) {
                case .failure(let refusal): return refused(refusal)
                case .success(let proposal):
                    pool.markNonEvictable(proposal.payload.txHashes)
                    return Outcome(
                        verdict: .accept, nonEvictable: proposal.payload.txHashes.map(\.hex), proposalForBlock: proposal.blockNumber.uint64)
                }
            case .blockAttestation:
                switch attestationGate.judge(opened.payload, at: 0) {
                case .failure(let refusal): return refused(refusal)
                case .success(let accepted):
                    try attestations.add([accepted])
                    let added = attestations.count
                    try attestations.deleteOlder(than: .max)
                    return Outcome(verdict: .accept, added: added)
                }
            }
        }

        private func checkValidators(_ validators: JSONElement, _ payload: [UInt8], _ file: String, _ label: String, _ report: inout ConformanceReport) throws {
            let rules: [(String, ArrivalRule)] = [
                ("dataValidator", .data), ("metadataValidator", .metadata), ("doubleSpendValidator", .doubleSpend), ("gasValidator", .gas),
                ("phasesValidator", .phases), ("blockHeaderValidator", .blockHeader),
            ]
            let tx = try Tx(prefixOf: payload)
            for (name, rule) in rules {
                guard let expected = validators[name] else { continue }
                let got = try transactionGate.validate(tx, rule)
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
            transactionGate.checkAnswer(tx, to: label.hasPrefix("right") ? tx.hash() : TxHash(tx.hash().field + 1)) {
                refusal = $0
                isAnswered = true
            }
            guard isAnswered else { throw VerdictWorld.FormatError(description: "no answer came") }
            let penalty = element["penalties"]?[0]?.string.flatMap { PeerErrorSeverity(rawValue: $0) }
            report.check(file: file, case: label, expected: "\(element["valid"]?.bool ?? false) \(String(describing: penalty))", got: "\(refusal == nil) \(String(describing: refusal?.judgement.penalty))")
        }
    }
}
