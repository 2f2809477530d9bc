import Field
import FieldKit
import JSON
import Protocol
import Testing

/// Every JSON reader of this half of the module against damaged text: the parser or the type refuses it, or the value
/// prints something that reads the same again.
@Suite struct JSONFuzzTests {
    /// What a value is replaced with: the wrong kinds, and forms of the right kind at its edges.
    static let tokens = [
        "null", "true", "5", "-1", "1.5", "1e400", "4294967296", "18446744073709551616", #""""#, #""0x""#, #""0xzz""#, #"" 8 ""#, #""AAAA""#, "{}", "[]",
        "[null]", #"{"unknown":1}"#, #""0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001""#, #""\ud83d""#,
    ].map { Array($0.utf8) }

    /// `text` with one value replaced, at a place where a value starts; byte damage now and then.
    static func damaged(_ text: [UInt8], _ random: inout KernelRandom) -> [UInt8] {
        if random.below(4) == 0 { return TransactionFuzzTests.damaged(text, &random) }
        let starts = text.indices.filter { $0 > 0 && (text[$0 - 1] == UInt8(ascii: ":") || text[$0 - 1] == UInt8(ascii: "[")) }
        guard !starts.isEmpty else { return tokens[random.below(tokens.count)] }
        let start = starts[random.below(starts.count)]
        let end = text[start...].firstIndex { [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains($0) } ?? text.endIndex
        return text[..<start] + tokens[random.below(tokens.count)] + text[end...]
    }

    static func fuzz<T: JSONDecodable & JSONEncodable>(_ type: T.Type, _ text: [UInt8], seed: UInt64, short: Int) {
        var random = KernelRandom(seed: seed)
        for _ in 0..<fuzzCount(short: short) {
            let input = damaged(text, &random)
            guard let document = try? JSONDocument.parse(input), let value = try? T(json: document.root) else { continue }
            let printed = value.jsonBytes
            let again = (try? JSONDocument.parse(printed)).flatMap { try? T(json: $0.root) }
            #expect(again?.jsonBytes == printed, "\(type): \(String(decoding: input.prefix(2_000), as: UTF8.self))")
        }
    }

    @Test func nodeTypes() {
        for (index, (type, texts)) in NodeTypesJSONTests.samples.enumerated() {
            for text in texts { Self.fuzz(type, Array(text.utf8), seed: 71 + UInt64(index), short: 100) }
        }
    }

    static func roundTrip<T: JSONDecodable & JSONEncodable & Equatable>(_ value: T, short: Int = 200) throws {
        let text = value.jsonBytes
        #expect(try T(json: JSONDocument.parse(text).root) == value)
        fuzz(T.self, text, seed: 81, short: short)
    }

    @Test func txsAndWhatIsInThem() throws {
        var random = KernelRandom(seed: 91)
        let constants = CombinedConstantData(tx: KernelSamples.constants(&random), globalVariables: .zero)
        try Self.roundTrip(HashedValues(calldata: [1, 2]))
        try Self.roundTrip(ClientIvcProof(random.bytes(20)))
        try Self.roundTrip(KernelSamples.call(&random))
        try Self.roundTrip(KernelSamples.message(&random))
        try Self.roundTrip(constants)
        var tx = KernelSamples.tx(&random, isForPublic: false)
        tx.contractClassLogs = []
        try Self.roundTrip(tx, short: 20)
        try Self.roundTrip(KernelSamples.payload(&random))
        try Self.roundTrip(BlockAttestation(blockNumber: 3, payload: KernelSamples.payload(&random), signature: KernelSamples.signature(&random)))
        let gas = GasUsed(totalGas: .init(daGas: 1, l2Gas: 2), teardownGas: .zero, publicGas: .zero, billedGas: .init(daGas: 3, l2Gas: 4))
        let effect = TxEffect(txHash: TxHash(random.field()), nullifiers: [random.field()])
        try Self.roundTrip(PublicSimulationOutput(
            revertReason: SimulationError(originalMessage: "m", functionErrorStack: [.init(contractAddress: random.address())]), constants: constants,
            txEffect: effect, publicReturnValues: [.init(values: [1], nested: [.init(values: nil)])], gasUsed: gas))
        try Self.roundTrip(IndexedTxEffect(data: effect, l2BlockNumber: 3, l2BlockHash: "0x1", txIndexInBlock: 2))
    }

    @Test func nodeAnswers() throws {
        var random = KernelRandom(seed: 92)
        let protocolContracts = ProtocolContractAddresses(
            classRegisterer: random.address(), feeJuice: random.address(), instanceDeployer: random.address(), multiCallEntrypoint: random.address())
        var contracts = L1ContractAddresses()
        contracts.rollupAddress = EthAddress(random.bytes(20)) ?? .zero
        contracts.slashFactoryAddress = EthAddress(random.bytes(20))
        try Self.roundTrip(NodeInfo(
            nodeVersion: "0.87.7", l1ChainId: 1, rollupVersion: 4_000_000_000, enr: "enr:-x", l1ContractAddresses: contracts,
            protocolContractAddresses: protocolContracts))
        try Self.roundTrip(LogFilter(
            txHash: TxHash(random.field()), fromBlock: 3, toBlock: 9, afterLog: LogId(blockNumber: 4, txIndex: 1, logIndex: 0),
            contractAddress: random.address()))
        try Self.roundTrip(UploadSnapshotMetadata(
            l2BlockNumber: 1, l2BlockHash: "0x2", l1BlockNumber: 3, l1ChainId: 1, rollupVersion: 2, rollupAddress: contracts.rollupAddress))
        try Self.roundTrip(AllowedElement(.address(random.address()), selector: FunctionSelector(UInt32(7))))
        try Self.roundTrip(ComponentVersions(
            l1ChainId: 1, l1RollupAddress: contracts.rollupAddress, rollupVersion: 2, l2ProtocolContractsTreeRoot: "0x01", l2CircuitsVkTreeRoot: "0x02"))
    }
}
