import Bytes
import FieldKit
import JSON
import Protocol
import Testing

/// Every decoder of this half of the module against damaged input: it refuses, or what it accepted survives its own
/// encoder. Nothing may crash or reserve memory for lengths that the input does not cover.
@Suite struct TransactionFuzzTests {
    static func damaged(_ bytes: [UInt8], _ random: inout KernelRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(3) {
            guard !bytes.isEmpty else { return random.bytes(random.below(40)) }
            let at = random.below(bytes.count)
            switch random.below(7) {
            case 0: bytes[at] ^= 1 << UInt8(random.below(8))
            case 1: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.removeSubrange(at...)
            case 3: bytes.append(contentsOf: random.bytes(1 + random.below(64)))
            case 4: for index in at..<min(at + 4, bytes.count) { bytes[index] = 0xff }
            case 5: bytes.removeSubrange(at..<min(at + 1 + random.below(64), bytes.count))
            default: bytes.insert(contentsOf: random.bytes(1 + random.below(8)), at: at)
            }
        }
        return bytes
    }

    static func fuzzBytes<T: BinaryCodable & Equatable>(_ type: T.Type, seed: UInt64, short: Int = 1_500, _ sample: (inout KernelRandom) -> T) {
        var random = KernelRandom(seed: seed)
        var good: [UInt8] = []
        for round in 0..<fuzzCount(short: short) {
            // Every sample goes through whole once, then damaged in many ways.
            if round % 25 == 0 { good = sample(&random).serialized }
            let input = round % 25 == 0 ? good : damaged(good, &random)
            guard let value = try? T(prefixOf: input) else {
                #expect(input != good, "\(type): a good value was refused")
                continue
            }
            let again = value.serialized
            #expect(again.count <= input.count, "\(type): more came out than went in")
            #expect((try? T(exactly: again)) == value, "\(type): \(input.hex)")
        }
    }

    @Test func kernelItems() {
        Self.fuzzBytes(ScopedL2ToL1Message.self, seed: 41, KernelSamples.message)
        Self.fuzzBytes(PublicCallRequest.self, seed: 42, KernelSamples.call)
        Self.fuzzBytes(HashedValues.self, seed: 43) { random in HashedValues(calldata: random.list(random.below(6)) { $0.field() }) }
        Self.fuzzBytes(ClientIvcProof.self, seed: 44) { random in ClientIvcProof(random.bytes(random.below(60))) }
        Self.fuzzBytes(ScopedLogHash.self, seed: 45) { random in
            ScopedLogHash(logHash: LogHash(value: random.field(), length: random.uint32()), contractAddress: random.address())
        }
        Self.fuzzBytes(MaxBlockNumber.self, seed: 46) { random in MaxBlockNumber(isSome: random.below(2) == 0, value: random.field()) }
        Self.fuzzBytes(P2PMessage.self, seed: 47) { random in
            P2PMessage(publishTime: random.next(), id: Bytes32(random.field()), payload: random.bytes(random.below(50)))
        }
        Self.fuzzBytes(CombinedConstantData.self, seed: 48) { random in
            CombinedConstantData(tx: KernelSamples.constants(&random), globalVariables: .zero)
        }
        Self.fuzzBytes(PublicCallRequestWithCalldata.self, seed: 49) { random in
            PublicCallRequestWithCalldata(request: KernelSamples.call(&random), calldata: random.list(random.below(5)) { $0.field() })
        }
    }

    @Test func consensusObjects() {
        Self.fuzzBytes(ConsensusPayload.self, seed: 51, KernelSamples.payload)
        Self.fuzzBytes(BlockAttestation.self, seed: 52) { random in
            BlockAttestation(blockNumber: random.field(), payload: KernelSamples.payload(&random), signature: KernelSamples.signature(&random))
        }
    }

    @Test func wholeTxs() {
        Self.fuzzBytes(Tx.self, seed: 61, short: 200) { random in KernelSamples.tx(&random, isForPublic: random.below(2) == 1) }
        Self.fuzzBytes(BlockProposal.self, seed: 62, short: 75) { random in
            BlockProposal(
                blockNumber: random.field(), payload: KernelSamples.payload(&random), signature: KernelSamples.signature(&random),
                txs: random.below(3) == 0 ? nil : random.list(random.below(3)) { KernelSamples.tx(&$0, isForPublic: false) })
        }
        Self.fuzzBytes(AvmCircuitPublicInputs.self, seed: 63, short: 200) { random in
            var inputs = AvmCircuitPublicInputs()
            inputs.accumulatedData.publicDataWrites[0] = PublicDataWrite(leafSlot: random.field(), value: random.field())
            inputs.previousRevertibleAccumulatedData = PrivateToAvmAccumulatedData(KernelSamples.effects(&random))
            inputs.reverted = random.below(2) == 1
            return inputs
        }
    }

    // Lengths that promise gigabytes are refused at once.
    @Test func hugeLengths() {
        let huge: [UInt8] = [0xff, 0xff, 0xff, 0xff]
        #expect(throws: DecodingError.self) { try HashedValues(prefixOf: huge + [UInt8](repeating: 0, count: 64)) }
        #expect(throws: DecodingError.self) { try ClientIvcProof(prefixOf: huge + [1]) }
        #expect(throws: DecodingError.self) { try P2PMessage(prefixOf: [UInt8](repeating: 0, count: 40) + huge + [1]) }
    }
}
