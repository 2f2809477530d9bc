import Archive
import Blobs
import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution
import Storage
import WorldState

/// What execution says of the recorded transactions, on the database the stopped node left: every block again from its
/// transactions, and the answers the reference gave to transactions it was sent.
struct Reexecution {
    let recording: Recording
    let file: String
    let database: Database

    init(_ recording: Recording, file: String, dataDirectory: String) throws {
        self.recording = recording
        self.file = file
        database = try Database(
            dataDirectory + "/chain", mode: .readOnly, columnFamilies: ColumnFamilyOptions.worldState + ArchiveSchema.columnFamilies)
    }

    func run(_ report: inout ConformanceReport) throws {
        try replayBlocks(&report)
        try compareAnswers(&report)
        try compareValidity(&report)
    }

    private func replayBlocks(_ report: inout ConformanceReport) throws {
        guard let status = try WorldStateView.status(of: database) else { throw Vectors.Failure("the database has no world state") }
        var transactions: [TxHash: Tx] = [:]
        for sent in recording.sent {
            let hash = sent.tx.hash()
            report.check(file: file, case: "\(sent.label), hash", expected: sent.hash ?? hash.hex, got: hash.hex)
            transactions[hash] = sent.tx
        }
        let archive = Archive(database)
        let replay = BlockReplay(database, kzg: try KZG())
        for number in 1...UInt32(recording.tip) {
            guard number == 1 && status.oldest <= 1 || number > status.oldest else {
                report.skip("execution of blocks whose state before the node has pruned")
                continue
            }
            guard let block = try archive.block(UInt64(number)) else { throw Vectors.Failure("block \(number) is not in the database") }
            let txs = block.body.txEffects.compactMap { transactions[$0.txHash] }
            guard txs.count == block.body.txEffects.count else {
                report.skip("execution of blocks with transactions that the recording does not have")
                continue
            }
            let result = try replay.replay(block, messages: archive.messageLeaves(forBlock: UInt64(number)), txs: txs)
            if let divergence = result.divergence {
                let place = divergence.tx.map { "transaction \($0), " } ?? ""
                report.fail(file: file, case: "block \(number) executed, \(place)\(divergence.field)", expected: divergence.expected, got: divergence.got)
            } else {
                // Each transaction's effects, and the block made of them.
                report.pass(txs.count + 1)
            }
        }
    }

    /// The chain after block `number`, and what the block after it has for globals.
    private func base(_ number: UInt32, _ classes: ClassCache) throws -> (StoredBase, GlobalVariables) {
        let archive = Archive(database)
        // The fees of the block that was really made next are those of the moment.
        guard let header = try archive.header(UInt64(number) + 1) ?? archive.header(UInt64(number)) else { throw Vectors.Failure("block \(number) has no header") }
        var globals = header.globalVariables
        globals.blockNumber = Fr(UInt64(number) + 1)
        return (try StoredBase(database, at: number, classes: classes), globals)
    }

    /// Answers to transactions that were sent. When that was does not matter: there must be a block after which our
    /// validators say the same.
    private func compareAnswers(_ report: inout ConformanceReport) throws {
        guard let status = try WorldStateView.status(of: database) else { return }
        let classes = ClassCache()
        var bases: [(StoredBase, GlobalVariables)] = []
        for number in (status.oldest <= 1 ? 0 : status.oldest)...status.latest { bases.append(try base(number, classes)) }
        for sent in recording.sent {
            if let refusal = sent.refusal, !refusal.hasPrefix("Invalid tx: ") { continue }
            var answers: Set<String> = []
            let expected = sent.refusal ?? "accepted"
            for (base, globals) in bases.reversed() where !answers.contains(expected) {
                let verdict = try AcceptanceValidator(globals: globals).validate(sent.tx, on: base)
                answers.insert(verdict.isValid ? "accepted" : "Invalid tx: " + verdict.reasons.joined)
            }
            report.check(file: file, case: "\(sent.label), answer", expected: expected, got: answers.contains(expected) ? expected : "\(answers.sorted())")
        }
    }

    /// Answers to `isValidTx`.
    private func compareValidity(_ report: inout ConformanceReport) throws {
        let (base, globals) = try base(UInt32(recording.tipOfTranscript), ClassCache())
        for line in recording.transcript?.lines ?? [] where line.function == "isValidTx" && line.moment == .end {
            let request = try JSONDocument.parse(line.request), response = try JSONDocument.parse(line.response)
            guard let expected = response.root["result"], let parameter = request.root["params"]?[0] else { continue }
            let tx = try Tx(json: parameter)
            let skipsFees = request.root["params"]?[1]?["skipFeeEnforcement"]?.bool ?? false
            let verdict = try AcceptanceValidator(globals: globals, enforcesFees: !skipsFees).validate(tx, on: base)
            let nullifiers = tx.data.nonEmptyNullifiers
            if Set(nullifiers).count < nullifiers.count, expected["result"]?.string == "valid" {
                // The reference takes repetitions inside a transaction, and never makes a block again («note 06 §7.4»).
                report.check(file: file, case: "\(line.label ?? ""), validity", expected: .invalid([.duplicateNullifier]), got: verdict)
                continue
            }
            report.check(
                file: file, case: "\(line.label ?? ""), validity", expected: expected["reason"]?.elements.map { $0.string ?? "" } ?? [],
                got: verdict.reasons.map(\.rawValue))
        }
    }
}
