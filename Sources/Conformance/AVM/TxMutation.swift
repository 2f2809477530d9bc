import Bytes
import Field
import Protocol

/// Turns a recorded transaction into one that no kernel made: what a peer may send.
struct TxMutation<Random: RandomNumberGenerator> {
    var random: Random
    /// Addresses worth calling.
    let addresses: [AztecAddress]

    mutating func mutate(_ original: Tx) -> Tx {
        var tx = original
        for _ in 0..<Int.random(in: 1...4, using: &random) { step(&tx) }
        return tx
    }

    private mutating func step(_ tx: inout Tx) {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: tx.data.gasUsed = gas()
        case 1: tx.data.constants.txContext.gasSettings.gasLimits = gas()
        case 2: tx.data.constants.txContext.gasSettings.teardownGasLimits = gas()
        case 3: tx.data.constants.txContext.gasSettings.maxFeesPerGas = GasFees(feePerDaGas: field(), feePerL2Gas: field())
        case 4: tx.data.constants.txContext.gasSettings.maxPriorityFeesPerGas = GasFees(feePerDaGas: field(), feePerL2Gas: field())
        case 5: tx.data.feePayer = address()
        case 6: mutateCalldata(&tx)
        case 7: flipBytes(&tx)
        default: mutateParts(&tx)
        }
    }

    private mutating func mutateParts(_ tx: inout Tx) {
        guard case .forPublic(var parts) = tx.data.destination else { return }
        let source = Bool.random(using: &random) ? parts.nonRevertibleAccumulatedData : parts.revertibleAccumulatedData
        var part = Bool.random(using: &random) ? parts.nonRevertibleAccumulatedData : source
        switch Int.random(in: 0..<8, using: &random) {
        case 0: part.effects.nullifiers = fields(part.nullifiers, like: parts.nonRevertibleAccumulatedData.nullifiers)
        case 1: part.effects.noteHashes = fields(part.noteHashes, like: parts.revertibleAccumulatedData.noteHashes)
        case 2:
            let messages = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                ScopedL2ToL1Message(
                    message: L2ToL1Message(recipient: .zero, content: field(), counter: UInt32.random(in: 0...3, using: &random)),
                    contractAddress: address())
            }
            part.effects.l2ToL1Msgs = PaddedList(messages, capacity: part.l2ToL1Msgs.capacity)
        case 3:
            let tag = Bool.random(using: &random) ? ContractEventTags.instanceDeployed : field()
            let log = PrivateLog(emitted: [tag, address().field, Bool.random(using: &random) ? 1 : field()] + (0..<12).map { _ in field() })
            part.effects.privateLogs[Int.random(in: 0..<part.privateLogs.capacity, using: &random)] = log
        case 4: parts.publicTeardownCallRequest = call(parts.publicTeardownCallRequest)
        case 5:
            parts.publicTeardownCallRequest = source.publicCallRequests[0]
        default:
            let place = Int.random(in: 0..<4, using: &random)
            part.publicCallRequests[place] = call(source.publicCallRequests[Int.random(in: 0..<2, using: &random)])
        }
        if Bool.random(using: &random) { parts.nonRevertibleAccumulatedData = part } else { parts.revertibleAccumulatedData = part }
        tx.data.destination = .forPublic(parts)
        if Int.random(in: 0..<30, using: &random) == 0 { tx.data.destination = .forRollup(part.effects) }
    }

    private mutating func call(_ request: PublicCallRequest) -> PublicCallRequest {
        var request = request
        switch Int.random(in: 0..<5, using: &random) {
        case 0: request.contractAddress = address()
        case 1: request.isStaticCall.toggle()
        case 2: request.calldataHash = field()
        case 3: request.msgSender = address()
        default: break
        }
        return request
    }

    private mutating func mutateCalldata(_ tx: inout Tx) {
        guard !tx.publicFunctionCalldata.isEmpty else { return }
        let place = Int.random(in: 0..<tx.publicFunctionCalldata.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: tx.publicFunctionCalldata.remove(at: place)
        case 1: tx.publicFunctionCalldata[place].values = []
        default:
            guard !tx.publicFunctionCalldata[place].values.isEmpty else { return }
            let word = Int.random(in: 0..<tx.publicFunctionCalldata[place].values.count, using: &random)
            tx.publicFunctionCalldata[place].values[word] = field()
        }
    }

    private mutating func flipBytes(_ tx: inout Tx) {
        var bytes = tx.serialized
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        if let flipped = try? Tx(exactly: bytes) { tx = flipped }
    }

    /// Some of the list, some of `other`, gaps, new ones.
    private mutating func fields(_ list: PaddedList<Fr>, like other: PaddedList<Fr>) -> PaddedList<Fr> {
        let count = [0, 1, 2, 31, 63, 64].randomElement(using: &random) ?? 0
        let pool = list.items + other.items + [.zero]
        return PaddedList(
            (0..<count).map { _ in Bool.random(using: &random) ? field() : pool.randomElement(using: &random) ?? .zero }, capacity: list.capacity)
    }

    private mutating func gas() -> Gas {
        func amount(_ random: inout Random) -> UInt32 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: 0
            case 1: .max
            case 2: UInt32.random(in: 0...100_000, using: &random)
            default: UInt32.random(in: 0...12_000_000, using: &random)
            }
        }
        return Gas(daGas: amount(&random), l2Gas: amount(&random))
    }

    private mutating func address() -> AztecAddress {
        if Int.random(in: 0..<3, using: &random) > 0, let known = addresses.randomElement(using: &random) { return known }
        return Bool.random(using: &random) ? AztecAddress(UInt64.random(in: 0...7, using: &random)) : AztecAddress(field())
    }

    private mutating func field() -> Fr {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .zero
        case 1: Fr(UInt64.random(in: 0...300, using: &random))
        case 2: -.one
        case 3: Fr(UInt64(1) << UInt64.random(in: 0..<64, using: &random))
        default: Fr(UInt64.random(in: .min ... .max, using: &random)) * Fr(UInt64.random(in: .min ... .max, using: &random)) * Fr(UInt64.max)
        }
    }
}
