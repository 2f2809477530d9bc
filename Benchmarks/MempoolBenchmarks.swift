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

    /// Recorded transactions of some kinds, without the rules that ask the state: that cost the same for all of them.
    private func recorded() throws -> [BenchmarkRow] {
        let root = getenv("QUETZAL_VECTORS").map { String(cString: $0) } ?? "../shared/vectors"
        guard let lines = try? Vectors.lines(root + "/chain/main/txs.jsonl.gz") else { return [] }
        var rows: [BenchmarkRow] = []
        for kind in ["private-only", "transfer", "token constructor", "class"] {
            let payloads = try lines.compactMap { line -> [UInt8]? in
                let row = try JSONDocument.parse(Array(line)).root
                guard row["label"]?.string?.hasPrefix(kind) == true else { return nil }
                return row["tx"]?.string.flatMap { Hex.decode($0) }
            }
            guard let first = payloads.first else { continue }
            let many = (0..<64).map { payloads[$0 % payloads.count] }
            func decoded() -> [Tx] {
                many.compactMap { bytes in
                    var reader = ByteReader(bytes)
                    return try? Tx(from: &reader)
                }
            }
            let alone = measure(count: many.count, runs: 5, clock: .thread) {
                for tx in decoded() { consume(DataValidator.validate(tx)) }
            }.best
            let together = measure(count: many.count, runs: 5, clock: .thread) { consume(DataValidator.validate(decoded())) }.best
            rows.append(BenchmarkRow("mempool", "decode and data, \(kind), \(first.count / 1000) KB, one by one", 1e9 / alone, "tx/s", lowerIsBetter: false))
            rows.append(BenchmarkRow("mempool", "the same together", 1e9 / together, "tx/s", lowerIsBetter: false))
        }
        return rows
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
        row("decode and cheap validation, \(kilobytes) KB, one by one", 1e6 / whole, "tx/s", lowerIsBetter: false)
        row("the same together", 1e6 / together(payloads), "tx/s", target: 5_000, lowerIsBetter: false)
        let proven = (0..<Self.count).map { tx($0, words: 58, proof: 172_052) }
        let large = proven.map(\.serialized)
        row("with a proof, \(large[0].count / 1000) KB, one by one", 1e6 / each(large) { gate, payload in consume(gate.examine(payload)) }, "tx/s", lowerIsBetter: false)
        row("the same together", 1e6 / together(large), "tx/s", target: 5_000, lowerIsBetter: false)
        rows += try recorded()
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
