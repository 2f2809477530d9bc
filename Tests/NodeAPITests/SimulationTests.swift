import Archive
import ConformanceKit
import Field
import JSON
import NodeAPI
import Protocol
import PublicExecution
import Storage
import Testing

/// Executes in this thread, without executors.
private struct DirectSimulator: PublicSimulator {
    let database: Database

    func simulate(_ request: SimulationRequest) throws(RPCFailure) -> SimulationResult {
        let classes = ClassCache()
        do {
            let overlay = BlockOverlay(over: try StoredBase(database, at: UInt32(request.base), classes: classes), classes: classes)
            let processor = TxProcessor(globals: request.globals, validator: nil, options: ExecutionOptions(skipsFeeEnforcement: request.skipsFeeEnforcement))
            switch try processor.offer(request.tx, hash: request.tx.hash(), on: overlay) {
            case .executed(let done):
                return SimulationResult(effect: done.effect, gasUsed: done.gasUsed, revertReason: done.revertReason, returnValues: done.returnValues)
            case .failed(let reason, _), .skipped(let reason, _): throw RPCFailure.failed(reason)
            }
        } catch let failure as RPCFailure {
            throw failure
        } catch {
            throw .failed("\(error)")
        }
    }
}

/// The recorded simulations, apart from the slot they were made in and the reference's stack traces.
@Suite struct Simulations {
    @Test(arguments: ["main", "two-blobs"]) func answersAsRecorded(_ name: String) throws {
        guard let directory = Recording.directory(name) else { return }
        let recording = try Recording(directory)
        defer { recording.remove() }
        let tips = try JSONDocument.parse(Recording.text(directory + "/final.json")).root
        try recording.sync(0..<recording.blocks.count, proven: tips["tips"]?["proven"]?["number"]?.int ?? recording.blocks.count)
        try see(fee: name == "main" ? 0x3fc : 0x3520, recording)
        let simulation = SimulationSettings(simulator: DirectSimulator(database: recording.database))
        let api = NodeAPI(chain: try DatabaseChain(recording.database), facts: try recording.facts, simulation: simulation)
        var compared = 0
        for line in try RPCTranscript(directory + "/rpc-transcript.jsonl.gz").lines where line.moment == .end {
            guard ["simulatePublicCalls", "registerContractFunctionSignatures"].contains(line.function), line.verdict == .comparable else { continue }
            let answer = api.publicDispatcher.answer(Array(line.request.utf8))
            let (got, expected) = (RPCTranscript.settled(String(decoding: answer.body, as: UTF8.self), line), RPCTranscript.settled(line.response, line))
            let same = zip(expected.utf8, got.utf8).prefix { $0 == $1 }.count
            if got != expected { print("line \(line.number): \(expected.dropFirst(same - 50).prefix(150))\n   got \(got.dropFirst(same - 50).prefix(150))") }
            #expect(got == expected ? true : false, "line \(line.number)")
            #expect(answer.status == line.status)
            compared += 1
        }
        #expect(compared >= (name == "main" ? 19 : 1))
    }

    /// An L1 head as the archiver would have seen it.
    private func see(fee: UInt64, _ recording: Recording) throws {
        let batch = WriteBatch()
        recording.archive.setL1Head(L1HeadFacts(number: 1, timestamp: 1_795_493_000, manaBaseFees: [.init(slot: 1, feePerL2Gas: Fr(fee))]), to: batch)
        try recording.database.write(batch)
    }

    @Test func limitsAreChecked() throws {
        guard let directory = Recording.directory("main") else { return }
        let recording = try Recording(directory)
        defer { recording.remove() }
        try recording.sync(0..<3, proven: 1)
        let line = try RPCTranscript(directory + "/rpc-transcript.jsonl.gz").lines.first { $0.function == "simulatePublicCalls" && $0.status == 200 }
        guard let line else { Issue.record("no recorded simulation"); return }
        func ask(_ settings: SimulationSettings) throws -> String {
            let api = NodeAPI(chain: try DatabaseChain(recording.database), facts: try recording.facts, simulation: settings)
            return String(decoding: api.publicDispatcher.answer(Array(line.request.utf8)).body, as: UTF8.self)
        }
        #expect(try ask(SimulationSettings(maximumGas: 1_999_999)).contains("Transaction total gas limit 2000000 (2000000 + 0) exceeds maximum gas limit 1999999 for simulation"))
        #expect(try ask(SimulationSettings()).contains("needs an executor"))
    }
}
