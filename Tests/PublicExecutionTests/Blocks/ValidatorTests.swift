import Bytes
import Field
import Hashing
import Protocol
import PublicExecution
import Testing

@Suite struct ValidatorTests {
    /// A chain that knows one block header and a token at an address of its own.
    final class Chain: ExecutionBase {
        let below = MemoryBase()
        var headers: Set<Fr> = []

        func publicData(_ leafSlot: Fr) throws(StateUnavailable) -> Fr { try below.publicData(leafSlot) }
        func hasNullifier(_ nullifier: Fr) throws(StateUnavailable) -> Bool { try below.hasNullifier(nullifier) }
        var noteHashCount: UInt64 { below.noteHashCount }
        func noteHash(at index: UInt64) throws(StateUnavailable) -> Fr? { try below.noteHash(at: index) }
        func l1ToL2Message(at index: UInt64) throws(StateUnavailable) -> Fr? { try below.l1ToL2Message(at: index) }
        func isArchived(_ headerHash: Fr) throws(StateUnavailable) -> Bool { headers.contains(headerHash) }
        func contractInstance(_ address: AztecAddress) throws(StateUnavailable) -> ContractInstance? { try below.contractInstance(address) }
        func contractClass(_ id: Fr) throws(StateUnavailable) -> ExecutableClass? { try below.contractClass(id) }
    }

    static let token = AztecAddress(0x70c), other = AztecAddress(0x07e5), payer = AztecAddress(0xfee)

    let chain = Chain()
    var globals = GlobalVariables.zero
    var tx: Tx

    init() {
        globals.chainId = 31337
        globals.version = 7
        globals.blockNumber = 10
        globals.gasFees = GasFees(feePerDaGas: 2, feePerL2Gas: 3)
        var header = BlockHeader.zero
        header.totalFees = 4
        chain.headers = [header.hash()]
        chain.below.slots[Siloing.feePayerBalanceLeafSlot(Self.payer.field)] = Fr(UInt64(1_000 * 5 + 2_000 * 6))
        func instance(_ classID: Fr) -> ContractInstance {
            ContractInstance(
                salt: 1, deployer: .zero, currentContractClassId: classID, originalContractClassId: 1, initializationHash: 0, publicKeys: .default)
        }
        chain.below.instances = [
            Self.token: instance(SetupAllowList.tokenClass), Self.other: instance(99),
            ProtocolContracts.feeJuice: instance(5), ProtocolContracts.authRegistry: instance(6),
        ]
        let settings = GasSettings(
            gasLimits: Gas(daGas: 1_000, l2Gas: 2_000), teardownGasLimits: .zero, maxFeesPerGas: GasFees(feePerDaGas: 5, feePerL2Gas: 6),
            maxPriorityFeesPerGas: .zero)
        var parts = PrivateTailForPublic()
        parts.nonRevertibleAccumulatedData.effects.nullifiers = PaddedList([11, 12], capacity: 64)
        parts.revertibleAccumulatedData.effects.nullifiers = PaddedList([13], capacity: 64)
        let data = PrivateKernelTailCircuitPublicInputs(
            constants: TxConstantData(
                historicalHeader: header, txContext: TxContext(chainId: 31337, version: 7, gasSettings: settings),
                vkTreeRoot: ProtocolContracts.vkTreeRoot, protocolContractTreeRoot: ProtocolContracts.treeRoot),
            rollupValidationRequests: RollupValidationRequests(), gasUsed: .zero, feePayer: Self.payer, destination: .forPublic(parts))
        tx = Tx(data: data, clientIvcProof: .empty, contractClassLogs: [], publicFunctionCalldata: [])
        Self.call(Self.other, [7, 8], setup: false, in: &tx)
    }

    /// Adds a public call to setup or app logic.
    static func call(
        _ contract: AztecAddress, _ calldata: [Fr], sender: AztecAddress = 3, isStatic: Bool = false, setup: Bool = true, in tx: inout Tx
    ) {
        guard case .forPublic(var parts) = tx.data.destination else { return }
        let request = PublicCallRequest(
            msgSender: sender, contractAddress: contract, isStaticCall: isStatic, calldataHash: HashedValues.hash(ofCalldata: calldata))
        if setup {
            let place = parts.nonRevertibleAccumulatedData.publicCallRequests.nonEmptyCount
            parts.nonRevertibleAccumulatedData.publicCallRequests[place] = request
        } else {
            let place = parts.revertibleAccumulatedData.publicCallRequests.nonEmptyCount
            parts.revertibleAccumulatedData.publicCallRequests[place] = request
        }
        tx.data.destination = .forPublic(parts)
        tx.publicFunctionCalldata.append(HashedValues(calldata: calldata))
    }

    func edit(_ body: (inout PrivateTailForPublic) -> Void, in tx: inout Tx) {
        guard case .forPublic(var parts) = tx.data.destination else { return }
        body(&parts)
        tx.data.destination = .forPublic(parts)
    }

    func verdict(_ tx: Tx) throws -> TxValidation {
        var read = ReadSet()
        return try PreprocessValidator(globals: globals).validate(tx, on: chain, chain: chain, reads: &read)
    }

    @Test func aGoodTransactionIsValid() throws {
        #expect(try verdict(tx) == .valid)
        #expect(DataValidator.validate(tx) == .valid)
        #expect(try AcceptanceValidator(globals: globals).validate(tx, on: chain) == .valid)
    }

    @Test func theVerdictRestsOnItsReads() throws {
        var reads = ReadSet()
        _ = try PreprocessValidator(globals: globals).validate(tx, on: chain, chain: chain, reads: &reads)
        #expect(reads.nullifiers == [11: false, 12: false, 13: false])
        #expect(reads.publicData == [Siloing.feePayerBalanceLeafSlot(Self.payer.field): 17_000])
    }

    @Test func metadata() throws {
        var tx = tx
        tx.data.constants.txContext.chainId = 1
        #expect(try verdict(tx) == .invalid([.chainID]))
        tx.data.constants.txContext.version = 8
        tx.data.rollupValidationRequests.maxBlockNumber = MaxBlockNumber(isSome: true, value: 9)
        tx.data.constants.vkTreeRoot += 1
        tx.data.constants.protocolContractTreeRoot += 1
        let all: [TxRejection] = [.chainID, .rollupVersion, .maxBlockNumber, .circuitsRoot, .protocolContractsRoot]
        #expect(try verdict(tx) == .invalid(all))
        #expect(all.joined == "Incorrect L1 chain id, Incorrect rollup version, Invalid max block number, "
            + "Incorrect protocol circuits tree root, Incorrect protocol contracts tree root")
        tx = self.tx
        tx.data.rollupValidationRequests.maxBlockNumber = MaxBlockNumber(isSome: true, value: 10)
        #expect(try verdict(tx) == .valid)
        tx.data.rollupValidationRequests.maxBlockNumber = MaxBlockNumber(isSome: false, value: 9)
        #expect(try verdict(tx) == .valid)
    }

    @Test func doubleSpend() throws {
        var tx = tx
        edit({ $0.nonRevertibleAccumulatedData.effects.nullifiers = PaddedList([11, 12, 11], capacity: 64) }, in: &tx)
        #expect(try verdict(tx) == .invalid([.duplicateNullifier]))
        // Those of the revertible part make it revert, and blocks of the reference hold such transactions.
        tx = self.tx
        edit({ $0.revertibleAccumulatedData.effects.nullifiers = PaddedList([13, 12, 13], capacity: 64) }, in: &tx)
        #expect(try verdict(tx) == .valid)
        chain.below.nullifierSet = [13]
        #expect(try verdict(self.tx) == .invalid([.existingNullifier]))
        var reads = ReadSet()
        _ = try PreprocessValidator(globals: globals).validate(self.tx, on: chain, chain: chain, reads: &reads)
        #expect(reads.nullifiers[13] == true)
    }

    @Test func setupCalls() throws {
        let cases: [(AztecAddress, [Fr], TxValidation)] = [
            (ProtocolContracts.authRegistry, [1, 2], .valid), (ProtocolContracts.feeJuice, [1, 2], .valid), (Self.token, [1, 2], .valid),
            (Self.other, [1, 2], .invalid([.setupFunction])),
            // Unknown contract, no selector, selector of more than four bytes.
            (AztecAddress(0xdead), [1, 2], .invalid([.duringValidation])), (Self.token, [], .invalid([.duringValidation])),
            (Self.token, [Fr(UInt64(1) << 32)], .invalid([.duringValidation])),
        ]
        for (contract, calldata, expected) in cases {
            var tx = tx
            Self.call(contract, calldata, in: &tx)
            #expect(try verdict(tx) == expected, "\(contract) \(calldata)")
            // App logic may call anything.
            tx = self.tx
            Self.call(contract, calldata, setup: false, in: &tx)
            #expect(try verdict(tx) == .valid)
        }
        // The authwit registry comes first in the list: it need not be known.
        chain.below.instances = [:]
        var tx = tx
        Self.call(ProtocolContracts.authRegistry, [1], in: &tx)
        #expect(try verdict(tx) == .valid)
        // The second entry is only reached by contracts that are known.
        Self.call(ProtocolContracts.feeJuice, [1], in: &tx)
        #expect(try verdict(tx) == .invalid([.duringValidation]))
    }

    @Test func setupMayCallWhatTheTransactionDeploysButNotWhatTheBlockDid() throws {
        let deployed = AztecAddress(0xdeb1)
        var fields: [Fr] = [ContractEventTags.instanceDeployed, deployed.field, 1, 9, SetupAllowList.feePaymentClass, 0]
        fields += Array(repeating: .zero, count: 9)
        let log = PrivateLog(emitted: fields)
        for inRevertible in [false, true] {
            var tx = tx
            Self.call(deployed, [1], in: &tx)
            edit({
                if inRevertible { $0.revertibleAccumulatedData.effects.privateLogs = PaddedList([log], capacity: 64) }
                else { $0.nonRevertibleAccumulatedData.effects.privateLogs = PaddedList([log], capacity: 64) }
            }, in: &tx)
            #expect(try verdict(tx) == .valid)
        }
        // A version that does not exist: refused although setup calls nothing.
        fields[2] = 2
        let broken = PrivateLog(emitted: fields)
        var tx = tx
        edit({ $0.revertibleAccumulatedData.effects.privateLogs = PaddedList([broken], capacity: 64) }, in: &tx)
        #expect(try verdict(tx) == .invalid([.duringValidation]))
        // Deployed by a transaction before it in the block.
        var diff = TxDiff()
        diff.contracts.instances = [ContractInstanceWithAddress(
            instance: ContractInstance(
                salt: 9, deployer: .zero, currentContractClassId: SetupAllowList.feePaymentClass, originalContractClassId: SetupAllowList.feePaymentClass,
                initializationHash: 0, publicKeys: .default), address: deployed)]
        let block = BlockOverlay(over: chain, classes: ClassCache())
        block.commit(diff)
        tx = self.tx
        Self.call(deployed, [1], in: &tx)
        var reads = ReadSet()
        #expect(try PreprocessValidator(globals: globals).validate(tx, on: block, chain: chain, reads: &reads) == .invalid([.duringValidation]))
    }

    @Test func aClassThatIsNotWhatItsIdSaysIsRefused() throws {
        let contents = ContractClassPublic(id: 0, artifactHash: 5, privateFunctionsRoot: 6, packedBytecode: [0x3b, 0, 0, 0, 2])
        func registering(_ id: Fr, version: Fr = 1, copies: Int = 1) -> Tx {
            var tx = tx
            let fields: [Fr] = [
                ProtocolConstants.registererContractClassRegisteredMagicValue, id, version, 5, 6, 5,
                Fr(reducing: [0x3b, 0, 0, 0, 2] + Array(repeating: 0, count: 26)),
            ]
            let log = ContractClassLogFields(fields)
            tx.contractClassLogs = Array(repeating: log, count: copies)
            edit({
                $0.revertibleAccumulatedData.effects.contractClassLogsHashes = PaddedList(
                    [ScopedLogHash(logHash: LogHash(value: log.hash(), length: 7), contractAddress: ProtocolContracts.classRegisterer)], capacity: 1)
            }, in: &tx)
            return tx
        }
        let id = try contents.derivedId()
        #expect(try verdict(registering(id)) == .valid)
        #expect(try verdict(registering(id + 1)) == .invalid([.duringValidation]))
        #expect(try verdict(registering(id, version: 2)) == .invalid([.duringValidation]))
        // As many as the encoding has room for: refused for it, and not hashed one by one for the rest.
        let hoard = registering(id + 1, copies: 255)
        #expect(try AcceptanceValidator(globals: globals).validate(hoard, on: chain) == .invalid([.classLogCount]))
    }

    @Test func configuredSetupCalls() throws {
        var tx = tx
        Self.call(Self.other, [0x1234, 5], in: &tx)
        func verdict(_ entries: [SetupAllowList.Entry]) throws -> TxValidation {
            var reads = ReadSet()
            return try PreprocessValidator(globals: globals, setupAllowList: SetupAllowList(entries)).validate(tx, on: chain, chain: chain, reads: &reads)
        }
        #expect(try verdict([]) == .invalid([.setupFunction]))
        #expect(try verdict([.function(Self.other, 0x1234)]) == .valid)
        #expect(try verdict([.function(Self.other, 0x1235)]) == .invalid([.setupFunction]))
        #expect(try verdict([.contractClass(99)]) == .valid)
        // The class is the current one, not the original one.
        #expect(try verdict([.contractClass(1)]) == .invalid([.setupFunction]))
        #expect(try verdict([.classFunction(99, 0x1235), .classFunction(99, 0x1234)]) == .valid)
    }

    @Test func gas() throws {
        var tx = tx
        tx.data.constants.txContext.gasSettings.gasLimits.daGas = 511
        #expect(try verdict(tx) == .invalid([.gasLimit]))
        tx.data.constants.txContext.gasSettings.gasLimits = Gas(daGas: 512, l2Gas: 511)
        #expect(try verdict(tx) == .invalid([.gasLimit]))
        tx.data.constants.txContext.gasSettings.gasLimits = Gas(daGas: 512, l2Gas: 512)
        #expect(try verdict(tx) == .valid)
        tx.data.constants.txContext.gasSettings.maxFeesPerGas = GasFees(feePerDaGas: 1, feePerL2Gas: 6)
        #expect(try verdict(tx) == .skipped([.feePerGas]))
        tx.data.constants.txContext.gasSettings.maxFeesPerGas = GasFees(feePerDaGas: 2, feePerL2Gas: 2)
        #expect(try verdict(tx) == .skipped([.feePerGas]))
        // Invalid outweighs skipped; both reasons are there.
        tx.data.constants.txContext.version = 0
        #expect(try verdict(tx) == .invalid([.rollupVersion, .feePerGas]))
    }

    @Test func feePayerBalance() throws {
        let slot = Siloing.feePayerBalanceLeafSlot(Self.payer.field)
        #expect(try verdict(tx) == .valid)
        chain.below.slots[slot] = 16_999
        #expect(try verdict(tx) == .invalid([.feePayerBalance]))
        let selector = FunctionSelector(try #require(ContractDerivations.selector(signature: "_increase_public_balance((Field),u128)"))).field
        let juice = ProtocolContracts.feeJuice
        func claim(_ calldata: [Fr], sender: AztecAddress = juice, isStatic: Bool = false) throws -> TxValidation {
            var claiming = self.tx
            Self.call(juice, calldata, sender: sender, isStatic: isStatic, in: &claiming)
            return try verdict(claiming)
        }
        #expect(try claim([selector, Self.payer.field, 1]) == .valid)
        #expect(try claim([selector, Self.payer.field, 0]) == .invalid([.feePayerBalance]))
        #expect(try claim([selector, 5, 1]) == .invalid([.feePayerBalance]))
        #expect(try claim([selector + 1, Self.payer.field, 1]) == .invalid([.feePayerBalance]))
        #expect(try claim([selector, Self.payer.field]) == .invalid([.feePayerBalance]))
        #expect(try claim([selector, Self.payer.field, 1], sender: Self.other) == .invalid([.feePayerBalance]))
        #expect(try claim([selector, Self.payer.field, 1], isStatic: true) == .invalid([.feePayerBalance]))
        // In app logic it comes too late.
        var late = tx
        Self.call(juice, [selector, Self.payer.field, 1], sender: juice, setup: false, in: &late)
        #expect(try verdict(late) == .invalid([.feePayerBalance]))
    }

    @Test func blockHeader() throws {
        chain.headers = []
        #expect(try verdict(tx) == .invalid([.blockHeader]))
    }

    @Test func reasonsComeInTheOrderOfTheValidators() throws {
        var tx = tx
        tx.data.constants.txContext.chainId = 0
        tx.publicFunctionCalldata.removeAll()
        Self.call(Self.other, [1], in: &tx)
        tx.publicFunctionCalldata.append(HashedValues(calldata: [9]))
        chain.below.nullifierSet = [11]
        chain.below.slots = [:]
        chain.headers = []
        #expect(try verdict(tx) == .invalid([.chainID, .existingNullifier, .setupFunction, .feePayerBalance, .blockHeader]))
        #expect(try AcceptanceValidator(globals: globals).validate(tx, on: chain)
            == .invalid([.calldata, .chainID, .existingNullifier, .setupFunction, .blockHeader, .feePayerBalance]))
        #expect(try AcceptanceValidator(globals: globals, enforcesFees: false).validate(tx, on: chain)
            == .invalid([.calldata, .chainID, .existingNullifier, .setupFunction, .blockHeader]))
    }

    @Test func aStateThatIsGoneSaysNothing() {
        chain.below.isGone = true
        #expect(throws: StateUnavailable.self) { try verdict(tx) }
    }

    @Test func calldata() {
        var tx = tx
        tx.publicFunctionCalldata.append(HashedValues(calldata: [1]))
        #expect(DataValidator.validate(tx) == .invalid([.calldataCount]))
        tx = self.tx
        tx.publicFunctionCalldata[0].values.append(1)
        #expect(DataValidator.validate(tx) == .invalid([.calldata]))
        tx = self.tx
        tx.publicFunctionCalldata.removeAll()
        edit({ $0.revertibleAccumulatedData.publicCallRequests = PaddedList(capacity: 32) }, in: &tx)
        Self.call(Self.other, Array(repeating: 1, count: 16_000), setup: false, in: &tx)
        #expect(DataValidator.validate(tx) == .valid)
        Self.call(Self.other, [1], setup: false, in: &tx)
        #expect(DataValidator.validate(tx) == .invalid([.calldataSize]))
    }

    @Test func classLogs() {
        func log(_ fields: [Fr]) -> ContractClassLogFields { ContractClassLogFields(fields) }
        func entry(_ fields: [Fr], length: UInt32) -> ScopedLogHash {
            ScopedLogHash(logHash: LogHash(value: log(fields).hash(), length: length), contractAddress: 3)
        }
        var tx = tx
        tx.contractClassLogs = [log([1, 0, 3])]
        #expect(DataValidator.validate(tx) == .invalid([.classLogCount]))
        func validated(_ entries: [ScopedLogHash]) -> TxValidation {
            var tx = tx
            edit({ $0.nonRevertibleAccumulatedData.effects.contractClassLogsHashes = PaddedList(entries, capacity: 1) }, in: &tx)
            return DataValidator.validate(tx)
        }
        #expect(validated([entry([1, 0, 3], length: 3)]) == .valid)
        // Zeros may be part of a log.
        #expect(validated([entry([1, 0, 3], length: 9)]) == .valid)
        #expect(validated([entry([1, 0, 3], length: 2)]) == .invalid([.classLogLength]))
        #expect(validated([entry([1, 0, 4], length: 3)]) == .invalid([.classLog]))
        // One in each part, swapped.
        tx.contractClassLogs = [log([1]), log([2])]
        edit({
            $0.nonRevertibleAccumulatedData.effects.contractClassLogsHashes = PaddedList([entry([2], length: 1)], capacity: 1)
            $0.revertibleAccumulatedData.effects.contractClassLogsHashes = PaddedList([entry([1], length: 1)], capacity: 1)
        }, in: &tx)
        #expect(DataValidator.validate(tx) == .invalid([.classLogOrder]))
    }
}
