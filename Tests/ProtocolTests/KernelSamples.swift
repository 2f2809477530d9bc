import Bytes
import Field
import FieldKit
import Glibc
import Protocol

/// Seeded numbers for samples and fuzzing.
struct KernelRandom: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    mutating func field() -> Fr { Fr(reducing: bytes(40)) }
    mutating func address() -> AztecAddress { AztecAddress(field()) }
    mutating func uint32() -> UInt32 { UInt32(truncatingIfNeeded: next()) }
    mutating func list<T>(_ count: Int, _ make: (inout KernelRandom) -> T) -> [T] { (0..<count).map { _ in make(&self) } }
}

/// Values of the types of this module's second half, made from a generator.
enum KernelSamples {
    static func constants(_ random: inout KernelRandom) -> TxConstantData {
        var header = BlockHeader.zero
        header.lastArchive = AppendOnlyTreeSnapshot(root: random.field(), nextAvailableLeafIndex: random.uint32())
        header.globalVariables.blockNumber = random.field()
        header.globalVariables.feeRecipient = random.address()
        header.totalFees = random.field()
        let settings = GasSettings(
            gasLimits: Gas(daGas: random.uint32(), l2Gas: random.uint32()), teardownGasLimits: Gas(daGas: random.uint32(), l2Gas: random.uint32()),
            maxFeesPerGas: GasFees(feePerDaGas: random.field(), feePerL2Gas: random.field()), maxPriorityFeesPerGas: .zero)
        return TxConstantData(
            historicalHeader: header, txContext: TxContext(chainId: random.field(), version: random.field(), gasSettings: settings),
            vkTreeRoot: random.field(), protocolContractTreeRoot: random.field())
    }

    static func message(_ random: inout KernelRandom) -> ScopedL2ToL1Message {
        let recipient = EthAddress(random.bytes(20)) ?? .zero
        return ScopedL2ToL1Message(
            message: L2ToL1Message(recipient: recipient, content: random.field(), counter: random.uint32()), contractAddress: random.address())
    }

    static func call(_ random: inout KernelRandom) -> PublicCallRequest {
        PublicCallRequest(msgSender: random.address(), contractAddress: random.address(), isStaticCall: random.below(2) == 1, calldataHash: random.field())
    }

    static func effects(_ random: inout KernelRandom) -> PrivateToRollupAccumulatedData {
        var data = PrivateToRollupAccumulatedData()
        data.noteHashes = PaddedList(random.list(random.below(65)) { $0.field() }, capacity: 64)
        data.nullifiers = PaddedList(random.list(1 + random.below(64)) { $0.field() }, capacity: 64)
        data.l2ToL1Msgs = PaddedList(random.list(random.below(9), message), capacity: 8)
        data.privateLogs = PaddedList(random.list(random.below(5)) { random in PrivateLog(emitted: random.list(1 + random.below(18)) { $0.field() }) }, capacity: 32)
        let hashes = random.list(random.below(2)) { random in
            ScopedLogHash(logHash: LogHash(value: random.field(), length: random.uint32() % 3000), contractAddress: random.address())
        }
        data.contractClassLogsHashes = PaddedList(hashes, capacity: 1)
        return data
    }

    static func data(_ random: inout KernelRandom, isForPublic: Bool) -> PrivateKernelTailCircuitPublicInputs {
        var destination = PrivateKernelTailCircuitPublicInputs.Destination.forRollup(effects(&random))
        if isForPublic {
            var parts = PrivateTailForPublic()
            parts.nonRevertibleAccumulatedData.effects = effects(&random)
            parts.nonRevertibleAccumulatedData.publicCallRequests = PaddedList(random.list(random.below(4), call), capacity: 32)
            parts.revertibleAccumulatedData.effects = effects(&random)
            parts.revertibleAccumulatedData.publicCallRequests = PaddedList(random.list(1 + random.below(4), call), capacity: 32)
            if random.below(2) == 1 { parts.publicTeardownCallRequest = call(&random) }
            destination = .forPublic(parts)
        }
        return PrivateKernelTailCircuitPublicInputs(
            constants: constants(&random), rollupValidationRequests: .init(maxBlockNumber: .init(isSome: true, value: random.field())),
            gasUsed: Gas(daGas: random.uint32(), l2Gas: random.uint32()), feePayer: random.address(), destination: destination)
    }

    static func tx(_ random: inout KernelRandom, isForPublic: Bool) -> Tx {
        Tx(
            data: data(&random, isForPublic: isForPublic), clientIvcProof: ClientIvcProof(random.bytes(random.below(200))),
            contractClassLogs: random.list(random.below(2)) { random in ContractClassLogFields(random.list(1 + random.below(30)) { $0.field() }) },
            publicFunctionCalldata: random.list(random.below(4)) { random in HashedValues(calldata: random.list(random.below(6)) { $0.field() }) })
    }

    static func payload(_ random: inout KernelRandom) -> ConsensusPayload {
        var header = ProposedBlockHeader.zero
        header.lastArchiveRoot = random.field()
        header.slotNumber = random.field()
        header.timestamp = random.next() >> 32
        header.totalManaUsed = random.field()
        return ConsensusPayload(header: header, archive: random.field(), stateReference: .zero, txHashes: random.list(random.below(5)) { TxHash($0.field()) })
    }

    static func signature(_ random: inout KernelRandom) -> Signature {
        var reader = ByteReader(random.bytes(64) + [0, 0, 0, 27])
        guard let signature = try? Signature(from: &reader) else { preconditionFailure("68 bytes are a signature") }
        return signature
    }
}

/// Inputs of one fuzz run: `short` of them, 10⁶ in the long form.
func fuzzCount(short: Int) -> Int { getenv("QUETZAL_LONG").map { String(cString: $0) } == "1" ? 1_000_000 : short }
