import Bytes
import ConformanceKit
import Field
import Glibc
import Hashing
import JSON
import Mempool
import Protocol
import PublicExecution
import Storage
import TemporaryFiles
import WorldState

/// What a gossiped transaction costs the p2p worker, piece by piece. Thread time: nothing here waits but the device.
func mempoolBenchmarks() -> [BenchmarkRow] {
    do { return try MempoolBench().rows() } catch {
        print("mempool: \(error)")
        return []
    }
}

private final class MempoolBench: ChainView {
    private let chain: ExecutionChain
    private let header: BlockHeader
    private let base: StoredBase
    let tip: UInt64
    let chainID: Fr = 31337
    let rollupVersion: Fr = 7
    let gasFees = GasFees(feePerDaGas: .zero, feePerL2Gas: 100)

    /// Transactions that differ in nullifiers and payers, so that every one reads the database.
    private static let count = 200
    private static let payers = 50

    init() throws {
        chain = try ExecutionChain()
        var header = BlockHeader.zero
        header.globalVariables.blockNumber = Fr(UInt64(try chain.tip))
        header.totalFees = 77
        self.header = header
        let balances = (0..<Self.payers).map { PublicDataWrite(leafSlot: Siloing.feePayerBalanceLeafSlot(Fr(UInt64(0xfee0 + $0))), value: Fr(1 << 62)) }
        try chain.append([TxLeaves(noteHashes: [], nullifiers: [4711], publicDataWrites: balances)], headerHash: header.hash())
        tip = UInt64(try chain.tip)
        base = try StoredBase(chain.database, classes: chain.classes, limits: .gates)
    }

    func state() throws(StateUnavailable) -> any ExecutionBase { base }
    func state(at block: UInt64) throws(StateUnavailable) -> any ExecutionBase { throw StateUnavailable("not kept") }

    /// With public calls: three of `words` words of calldata each. 54,155 bytes of kernel data, calldata, proof.
    private func tx(_ index: Int, words: Int, proof: Int) -> Tx {
        var random = BenchmarkRandom(state: UInt64(index) + 1000)
        func field() -> Fr { random.field() }
        let calldata = (0..<3).map { _ in HashedValues(calldata: [0x1234] + (1..<words).map { _ in field() }) }
        var parts = PrivateTailForPublic()
        parts.nonRevertibleAccumulatedData.effects.nullifiers = PaddedList([field(), field()], capacity: 64)
        parts.revertibleAccumulatedData.effects.nullifiers = PaddedList([field(), field()], capacity: 64)
        parts.revertibleAccumulatedData.effects.noteHashes = PaddedList([field(), field()], capacity: 64)
        parts.revertibleAccumulatedData.effects.privateLogs = PaddedList((0..<2).map { _ in PrivateLog(emitted: (0..<18).map { _ in field() }) }, capacity: 32)
        func call(_ calldata: HashedValues, _ contract: AztecAddress) -> PublicCallRequest {
            PublicCallRequest(msgSender: 9, contractAddress: contract, isStaticCall: false, calldataHash: calldata.hash)
        }
        parts.nonRevertibleAccumulatedData.publicCallRequests = PaddedList([call(calldata[0], ProtocolContracts.authRegistry)], capacity: 32)
        parts.revertibleAccumulatedData.publicCallRequests = PaddedList(calldata[1...].map { call($0, 77) }, capacity: 32)
        let settings = GasSettings(
            gasLimits: Gas(daGas: 1_000_000, l2Gas: 1_000_000), teardownGasLimits: .zero, maxFeesPerGas: GasFees(feePerDaGas: 1, feePerL2Gas: 200),
            maxPriorityFeesPerGas: GasFees(feePerDaGas: .zero, feePerL2Gas: Fr(UInt64(index % 17))))
        let data = PrivateKernelTailCircuitPublicInputs(
            constants: TxConstantData(
                historicalHeader: header, txContext: TxContext(chainId: chainID, version: rollupVersion, gasSettings: settings),
                vkTreeRoot: ProtocolContracts.vkTreeRoot, protocolContractTreeRoot: ProtocolContracts.treeRoot),
            rollupValidationRequests: RollupValidationRequests(), gasUsed: .zero, feePayer: AztecAddress(UInt64(0xfee0 + index % Self.payers)),
            destination: .forPublic(parts))
        return Tx(data: data, clientIvcProof: ClientIvcProof([UInt8](repeating: 5, count: proof)), contractClassLogs: [], publicFunctionCalldata: calldata)
    }

    /// The transactions of `chain/main` as they were gossiped, each once, with this chain's header and payers put in, so
    /// that they pass every rule.
    private func recorded() throws -> [(kind: String, payload: [UInt8])] {
        let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? "../shared/vectors"
        guard let lines = try? Vectors.lines(root + "/chain/main/txs.jsonl.gz") else { return [] }
        let gate = TransactionGate(chain: self, verifier: UncheckedProofs())
        return try lines.enumerated().compactMap { index, line in
            let row = try JSONDocument.parse(Array(line)).root
            guard let label = row["label"]?.string, let bytes = row["tx"]?.string.flatMap({ Hex.decode($0) }) else { return nil }
            var reader = ByteReader(bytes)
            var tx = try Tx(from: &reader)
            tx.data.constants.historicalHeader = header
            tx.data.constants.txContext.chainId = chainID
            tx.data.constants.txContext.version = rollupVersion
            tx.data.constants.txContext.gasSettings.maxFeesPerGas = GasFees(feePerDaGas: 1, feePerL2Gas: 200)
            tx.data.rollupValidationRequests = RollupValidationRequests()
            tx.data.feePayer = AztecAddress(UInt64(0xfee0 + index % Self.payers))
            guard gate.check(tx) == nil else {
                print("mempool: «\(label)» is refused here: \(String(describing: gate.check(tx)))")
                return nil
            }
            return (tx.contractClassLogs.isEmpty ? tx.data.isForPublic ? "with public calls" : "private" : "that publish a class", tx.serialized)
        }
    }

    func rows() throws -> [BenchmarkRow] {
        var rows: [BenchmarkRow] = []
        func row(_ name: String, _ value: Double, _ unit: String, target: Double? = nil, lowerIsBetter: Bool = true) {
            rows.append(BenchmarkRow("mempool", name, value, unit, target: target, lowerIsBetter: lowerIsBetter))
        }
        /// Microseconds of one transaction; the fresh gate of each run has its answers still to look up.
        func each(_ payloads: [[UInt8]], _ body: (TransactionGate, ArraySlice<UInt8>) -> Void) -> Double {
            measure(count: payloads.count, runs: 7, clock: .thread) {
                let gate = TransactionGate(chain: self, verifier: UncheckedProofs())
                for payload in payloads { body(gate, payload[...]) }
            }.best / 1000
        }

        let small = (0..<Self.count).map { tx($0, words: 58, proof: 0) }
        let payloads = small.map(\.serialized)
        let gate = TransactionGate(chain: self, verifier: UncheckedProofs())
        guard small.allSatisfy({ gate.check($0) == nil }) else { throw Vectors.Failure("the transactions to measure with are refused: \(String(describing: gate.check(small[0])))") }
        let kilobytes = payloads[0].count / 1000
        row("decode a tx of \(kilobytes) KB", each(payloads) { _, payload in
            var reader = ByteReader(payload)
            consume(try? Tx(from: &reader))
        }, "µs")
        for rule in ArrivalRule.allCases {
            row("rule \(rule)", measure(count: small.count, runs: 7, clock: .thread) {
                for tx in small { consume(try? gate.validate(tx, rule)) }
            }.best / 1000, "µs")
        }
        /// As many a turn of the loop as there may be.
        func together(_ payloads: [[UInt8]]) -> Double {
            measure(count: payloads.count, runs: 7, clock: .thread) {
                let gate = TransactionGate(chain: self, verifier: UncheckedProofs())
                for payload in payloads { gate.offer(payload[...]) { consume($0) } }
                gate.flush()
            }.best / 1000
        }
        let whole = each(payloads) { gate, payload in consume(gate.examine(payload)) }
        row("decode and cheap validation, 174 words of calldata, \(kilobytes) KB, one by one", 1e6 / whole, "tx/s", lowerIsBetter: false)
        row("the same together", 1e6 / together(payloads), "tx/s", lowerIsBetter: false)
        let proven = (0..<Self.count).map { tx($0, words: 58, proof: 172_052) }
        let large = proven.map(\.serialized)
        row("with a proof, \(large[0].count / 1000) KB, one by one", 1e6 / each(large) { gate, payload in consume(gate.examine(payload)) }, "tx/s", lowerIsBetter: false)
        row("the same together", 1e6 / together(large), "tx/s", lowerIsBetter: false)
        let recorded = try recorded()
        for kind in ["with public calls", "private", "that publish a class", "all of them"] {
            let payloads = recorded.compactMap { kind == "all of them" || $0.kind == kind ? $0.payload : nil }
            guard !payloads.isEmpty else { continue }
            let whole = each(payloads) { gate, payload in consume(gate.examine(payload)) }
            row("recorded, \(kind) (\(payloads.count), \(payloads.map(\.count).reduce(0, +) / payloads.count / 1000) KB), one by one", 1e6 / whole, "tx/s", lowerIsBetter: false)
            row("the same together", 1e6 / together(payloads), "tx/s", target: kind == "with public calls" || kind == "private" ? 5_000 : nil, lowerIsBetter: false)
        }
        var spoilt = payloads
        for index in spoilt.indices { spoilt[index][1000] ^= 1 }
        row("refused ones, \(kilobytes) KB", 1e6 / each(spoilt) { gate, payload in consume(gate.examine(payload)) }, "tx/s")

        row("hash in batches of 32, each", measure(count: 32, runs: 7, clock: .thread) { consume(HashedTransaction.hashing(Array(small[..<32]))) }.best / 1000, "µs")
        let hashed = HashedTransaction.hashing(proven)
        for size in [1, 16] {
            let directory = try TemporaryDirectory("pool")
            let pool = try TransactionPool(Database(directory.path + "/pool", mode: .primary, columnFamilies: PoolSchema.columnFamilies), limits: .init(maximumSize: 0))
            var at = 0
            func add(_ clock: Clock) -> Double {
                measure(count: size, runs: 5, clock: clock) {
                    _ = try? pool.add(Array(hashed[at..<(at + size)]))
                    at += size
                }.median / 1000
            }
            row("add \(size) of \(large[0].count / 1000) KB to the pool, on the device, each", add(.wall), "µs")
            at = size == 1 ? 100 : 96
            row("the same, thread time", add(.thread), "µs")
        }
        return rows
    }
}
