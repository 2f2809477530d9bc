import AVM
import Field
import Hashing
import Protocol
import PublicExecution
import Testing

/// Single transactions on a base of dictionaries; the golden set `avm` has the rest.
@Suite struct TransactionExecutorTests {
    static let payer = AztecAddress(0x2a)
    static let contract = AztecAddress(0x1000)
    static let fees = GasFees(feePerDaGas: 12, feePerL2Gas: 34)

    static var globals: GlobalVariables {
        var globals = GlobalVariables.zero
        globals.blockNumber = 7
        globals.gasFees = fees
        return globals
    }

    static func kernel(_ destination: PrivateKernelTailCircuitPublicInputs.Destination) -> Tx {
        let settings = GasSettings(
            gasLimits: Gas(daGas: 10_000, l2Gas: 7_000_000), teardownGasLimits: Gas(daGas: 1000, l2Gas: 100_000),
            maxFeesPerGas: GasFees(feePerDaGas: 56, feePerL2Gas: 78), maxPriorityFeesPerGas: GasFees(feePerDaGas: 5, feePerL2Gas: 7))
        let constants = TxConstantData(
            historicalHeader: .zero, txContext: TxContext(chainId: 1, version: 2, gasSettings: settings), vkTreeRoot: .zero,
            protocolContractTreeRoot: .zero)
        let data = PrivateKernelTailCircuitPublicInputs(
            constants: constants, rollupValidationRequests: RollupValidationRequests(), gasUsed: Gas(daGas: 2, l2Gas: 3), feePayer: payer,
            destination: destination)
        return Tx(data: data, clientIvcProof: .empty, contractClassLogs: [], publicFunctionCalldata: [])
    }

    static func call(to address: AztecAddress, calldata: [Fr] = [1]) -> (PublicCallRequest, HashedValues) {
        let values = HashedValues(calldata: calldata)
        return (PublicCallRequest(msgSender: payer, contractAddress: address, isStaticCall: false, calldataHash: values.hash), values)
    }

    static func publicTx(setup: AztecAddress? = nil, app: [AztecAddress] = [], teardown: AztecAddress? = nil, calldata: [Fr] = [1]) -> Tx {
        var parts = PrivateTailForPublic()
        parts.nonRevertibleAccumulatedData.effects.nullifiers[0] = 42_000
        let (request, values) = call(to: contract, calldata: calldata)
        func at(_ address: AztecAddress) -> PublicCallRequest {
            var request = request
            request.contractAddress = address
            return request
        }
        if let setup { parts.nonRevertibleAccumulatedData.publicCallRequests[0] = at(setup) }
        for (place, address) in app.enumerated() { parts.revertibleAccumulatedData.publicCallRequests[place] = at(address) }
        if let teardown { parts.publicTeardownCallRequest = at(teardown) }
        var tx = kernel(.forPublic(parts))
        tx.publicFunctionCalldata = [values]
        return tx
    }

    /// A base where the payer has `balance` and `bytecode` is at `contract`.
    static func base(balance: Fr = 1_000_000_000_000, bytecode: [UInt8] = [0x3b]) -> MemoryBase {
        let base = MemoryBase()
        base.slots[Siloing.feePayerBalanceLeafSlot(payer.field)] = balance
        base.nullifierSet.insert(Siloing.nullifier(contract.field, contract: 2))
        base.classes[9] = ExecutableClass(id: 9, program: Program(bytecode))
        base.instances[contract] = ContractInstance(
            salt: 0, deployer: .zero, currentContractClassId: 9, originalContractClassId: 9, initializationHash: 0, publicKeys: .default)
        return base
    }

    static func execute(
        _ tx: Tx, on base: MemoryBase, skipsFeeEnforcement: Bool = true, isCancelled: () -> Bool = { false }
    ) throws(ExecutionFailure) -> ExecutedTx {
        try TransactionExecutor().execute(
            tx, hash: TxHash(5), globals: globals, base: base, options: ExecutionOptions(skipsFeeEnforcement: skipsFeeEnforcement),
            isCancelled: isCancelled)
    }

    static func reason(_ body: () throws(ExecutionFailure) -> ExecutedTx) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            switch error {
            case .dropped(let reason, _): return reason
            case .interrupted: return "interrupted"
            case .unavailable(let state): return "unavailable: \(state)"
            }
        }
    }

    // MARK: Programs

    /// RETURN of nothing.
    static let returns: [UInt8] = [0x27, 0, 0, 4, 0, 0x3b, 0, 0, 0, 0, 0]
    /// EMITNULLIFIER of 5, then RETURN of nothing.
    static let nullifies: [UInt8] = [0x27, 0, 0, 0, 5, 0x34, 0, 0, 0] + returns
    /// REVERT_8 of nothing.
    static let reverts: [UInt8] = [0x27, 0, 0, 4, 0, 0x3c, 0, 0, 0]
    /// JUMP to itself.
    static let loops: [UInt8] = [0x23, 0, 0, 0, 0]

    // MARK: Fees

    @Test func feesOfTheNote() {
        // «note 03 §12»
        let gas = Gas(daGas: 2, l2Gas: 3)
        func fee(_ fees: GasFees, priority: GasFees) -> Fr {
            TransactionFee.withPublicCalls(
                billed: gas,
                settings: GasSettings(
                    gasLimits: .zero, teardownGasLimits: .zero, maxFeesPerGas: GasFees(feePerDaGas: 56, feePerL2Gas: 78), maxPriorityFeesPerGas: priority),
                fees: fees)
        }
        let priority = GasFees(feePerDaGas: 5, feePerL2Gas: 7)
        #expect(fee(Self.fees, priority: priority) == 157)
        #expect(fee(Self.fees, priority: .zero) == 126)
        #expect(fee(GasFees(feePerDaGas: 53, feePerL2Gas: 74), priority: priority) == 346)
        #expect(TransactionFee.privateOnly(gasUsed: gas, fees: Self.fees) == 126)
    }

    @Test func aPrivateOnlyTransactionPaysWithoutPriority() throws {
        var end = PrivateToRollupAccumulatedData()
        end.nullifiers[0] = 5
        end.nullifiers[1] = 6
        end.noteHashes[0] = 7
        let tx = Self.kernel(.forRollup(end)), slot = Siloing.feePayerBalanceLeafSlot(Self.payer.field)
        let executed = try Self.execute(tx, on: Self.base(balance: 126))
        #expect(executed.effect.transactionFee == 126)
        #expect(executed.diff.publicDataWrites == [PublicDataWrite(leafSlot: slot, value: 0)])
        #expect(executed.diff.nullifiers == [5, 6] && executed.diff.noteHashes == [7])
        #expect(executed.readSet.publicData == [slot: 126])
        #expect(executed.gasUsed.totalGas == tx.data.gasUsed && executed.accumulatedData == nil)
        let short = Self.reason { () throws(ExecutionFailure) in try Self.execute(tx, on: Self.base(balance: 125)) }
        #expect(short == "Not enough balance for fee payer to pay for transaction (got 125 needs 126)")
    }

    @Test func aPrivateOnlyTransactionOfNobodyWritesABalanceOfZero() throws {
        var tx = Self.kernel(.forRollup(PrivateToRollupAccumulatedData()))
        tx.data.feePayer = .zero
        tx.data.gasUsed = .zero
        let slot = Siloing.feePayerBalanceLeafSlot(.zero)
        #expect(try Self.execute(tx, on: Self.base()).diff.publicDataWrites == [PublicDataWrite(leafSlot: slot, value: 0)])
    }

    @Test func whoCannotPayEndsWithNothingWhenFeesAreNotEnforced() throws {
        let tx = Self.publicTx(app: [Self.contract]), slot = Siloing.feePayerBalanceLeafSlot(Self.payer.field)
        let base = Self.base(balance: 1, bytecode: Self.returns)
        #expect(try Self.execute(tx, on: base).diff.publicDataWrites == [PublicDataWrite(leafSlot: slot, value: 0)])
        let refused = Self.reason { () throws(ExecutionFailure) in try Self.execute(tx, on: base, skipsFeeEnforcement: false) }
        #expect(refused?.hasPrefix("Not enough balance for fee payer") == true)
    }

    // MARK: Phases

    @Test func revertCodesAndGasOfThePhases() throws {
        let nobody = AztecAddress(0x2000), good = Self.contract
        let base = Self.base(bytecode: Self.returns)
        let cases: [(app: AztecAddress, teardown: AztecAddress?, code: RevertCode)] = [
            (good, nil, .ok), (nobody, nil, .appLogicReverted), (good, good, .ok), (nobody, good, .appLogicReverted),
            (good, nobody, .teardownReverted), (nobody, nobody, .bothReverted),
        ]
        for (app, teardown, code) in cases {
            var tx = Self.publicTx(app: [app], teardown: teardown)
            if teardown != nil { tx.data.gasUsed = Gas(daGas: 1002, l2Gas: 100_003) }
            let executed = try Self.execute(tx, on: base)
            #expect(executed.effect.revertCode == code)
            // 24 L2 gas for SET and RETURN; a call of nothing takes all it is offered.
            let appGas: UInt32 = app == good ? 24 : 6_000_000, teardownGas: UInt32 = teardown == nil ? 0 : teardown == good ? 24 : 100_000
            #expect(executed.gasUsed.publicGas.l2Gas == appGas + teardownGas)
            #expect(executed.gasUsed.teardownGas.l2Gas == teardownGas)
            #expect(executed.gasUsed.billedGas.l2Gas == tx.data.gasUsed.l2Gas + appGas)
            #expect(executed.gasUsed.totalGas.l2Gas == 3 + appGas + teardownGas)
            #expect(executed.diff.nullifiers == [42_000])
            if code != .ok { #expect(executed.revertReason?.message == "No bytecode found at: \(nobody). Reverting...") }
        }
    }

    @Test func aFailedTeardownTakesTheAppLogicWithIt() throws {
        let nobody = AztecAddress(0x2000), base = Self.base(bytecode: Self.nullifies)
        let siloed = Siloing.nullifier(5, contract: Self.contract.field)
        #expect(try Self.execute(Self.publicTx(app: [Self.contract]), on: base).diff.nullifiers == [42_000, siloed])
        #expect(try Self.execute(Self.publicTx(app: [Self.contract], teardown: nobody), on: base).diff.nullifiers == [42_000])
        // Once more in app logic: the second call halts. Teardown finds the nullifier gone again.
        let twice = try Self.execute(Self.publicTx(app: [Self.contract, Self.contract], teardown: Self.contract), on: base)
        #expect(twice.effect.revertCode == .appLogicReverted && twice.diff.nullifiers == [42_000, siloed])
        // What setup did stays.
        let setup = try Self.execute(Self.publicTx(setup: Self.contract, app: [nobody], teardown: nobody), on: base)
        #expect(setup.effect.revertCode == .bothReverted && setup.diff.nullifiers == [42_000, siloed])
    }

    @Test func teardownIsOfferedNoMoreThanAnyCall() throws {
        var tx = Self.publicTx(app: [Self.contract], teardown: 0x2000)
        tx.data.constants.txContext.gasSettings.teardownGasLimits = Gas(daGas: 7, l2Gas: 7_000_000)
        tx.data.gasUsed = Gas(daGas: 7, l2Gas: 7_000_000)
        tx.data.constants.txContext.gasSettings.gasLimits = Gas(daGas: 100, l2Gas: 8_000_000)
        let used = try Self.execute(tx, on: Self.base(bytecode: Self.returns)).gasUsed
        #expect(used.teardownGas == Gas(daGas: 7, l2Gas: 6_000_000) && used.totalGas == Gas(daGas: 7, l2Gas: 6_000_024))
        #expect(used.billedGas == Gas(daGas: 7, l2Gas: 7_000_024))
    }

    @Test func aRepeatedRevertibleNullifierSkipsTheAppLogic() throws {
        // The second nullifier is the transaction's own first one; 43,000 came before it and stays unless teardown fails.
        for (bytecode, teardown, code, kept) in [
            (Self.returns, false, RevertCode.appLogicReverted, [42_000, 43_000] as [Fr]), (Self.returns, true, .appLogicReverted, [42_000, 43_000]),
            (Self.reverts, true, .bothReverted, [42_000]),
        ] {
            var tx = Self.publicTx(app: [AztecAddress(0xbad)], teardown: teardown ? Self.contract : nil)
            guard case .forPublic(var parts) = tx.data.destination else { return #expect(Bool(false)) }
            parts.revertibleAccumulatedData.effects.nullifiers = PaddedList([43_000, 42_000, 44_000], capacity: 64)
            parts.revertibleAccumulatedData.effects.noteHashes = PaddedList([9], capacity: 64)
            tx.data.destination = .forPublic(parts)
            let executed = try Self.execute(tx, on: Self.base(bytecode: bytecode))
            #expect(executed.effect.revertCode == code && executed.effect.nullifiers == kept && executed.effect.noteHashes.isEmpty)
            #expect(executed.phases.map(\.phase) == (teardown ? [.teardown] : []))
        }
    }

    @Test func failuresThatDropTheTransaction() {
        let cases: [(String, Tx, MemoryBase)] = [
            ("setup", Self.publicTx(setup: Self.contract), Self.base(bytecode: Self.reverts)),
            ("empty bytecode", Self.publicTx(app: [Self.contract]), Self.base(bytecode: [])),
            ("empty calldata", Self.publicTx(app: [Self.contract], calldata: []), Self.base(bytecode: Self.reverts)),
            ("wide selector", Self.publicTx(app: [Self.contract], calldata: [Fr(1 << 32 as UInt64)]), Self.base(bytecode: Self.returns)),
            ("no calls", Self.publicTx(), Self.base()),
            ("nullifier there", Self.publicTx(app: [Self.contract]), {
                let base = Self.base(bytecode: Self.returns)
                base.nullifierSet.insert(42_000)
                return base
            }()),
            ("no deployment nullifier", Self.publicTx(app: [Self.contract]), {
                let base = Self.base(bytecode: Self.returns)
                base.nullifierSet = []
                return base
            }()),
            ("no class", Self.publicTx(app: [Self.contract]), {
                let base = Self.base(bytecode: Self.returns)
                base.classes = [:]
                return base
            }()),
        ]
        for (name, tx, base) in cases {
            let reason = Self.reason { () throws(ExecutionFailure) in try Self.execute(tx, on: base) }
            #expect(reason != nil && reason != "interrupted", Comment(rawValue: name))
        }
        // Where it is not fatal: a call without calldata that succeeds.
        let fine = Self.publicTx(app: [Self.contract], calldata: [])
        #expect(Self.reason { () throws(ExecutionFailure) in try Self.execute(fine, on: Self.base(bytecode: Self.returns)) } == nil)
    }

    @Test func anUpdatedClassMustBeTheScheduledOne() throws {
        let values = SharedMutableValues(
            value: .init(previous: [0], post: [10], blockOfChange: 8), delay: .init(pre: nil, post: nil, blockOfChange: 0))
        let slot = Siloing.contractUpdateSlot(Self.contract.field)
        func base(_ current: Fr) -> MemoryBase {
            let base = Self.base(bytecode: Self.returns)
            base.classes[10] = base.classes[9]
            base.instances[Self.contract]?.currentContractClassId = current
            for (place, field) in (values.fields + [values.hash]).enumerated() {
                base.slots[Siloing.publicDataLeafSlot(contract: 2, slot: slot + Fr(UInt64(place)))] = field
            }
            return base
        }
        let tx = Self.publicTx(app: [Self.contract])
        for (block, current, isRight) in [(7, 9, true), (7, 10, false), (8, 9, false), (8, 10, true)] as [(Fr, Fr, Bool)] {
            var globals = Self.globals
            globals.blockNumber = block
            let reason = Self.reason { () throws(ExecutionFailure) in
                try TransactionExecutor().execute(tx, hash: .zero, globals: globals, base: base(current))
            }
            #expect((reason == nil) == isRight)
        }
        let damaged = base(9)
        damaged.slots[Siloing.publicDataLeafSlot(contract: 2, slot: slot + 3)] = 1
        #expect(Self.reason { () throws(ExecutionFailure) in try Self.execute(tx, on: damaged) }?.contains("hash mismatch") == true)
    }

    // MARK: Neither executed nor dropped

    @Test func cancellingSaysNothing() {
        let tx = Self.publicTx(app: [Self.contract])
        var asked = 0
        let reason = Self.reason { () throws(ExecutionFailure) in
            try Self.execute(tx, on: Self.base(bytecode: Self.loops)) {
                asked += 1
                return asked > 2
            }
        }
        #expect(reason == "interrupted")
    }

    @Test func aStateThatIsGoneSaysNothing() {
        let base = Self.base()
        base.isGone = true
        for tx in [Self.publicTx(app: [Self.contract]), Self.kernel(.forRollup(PrivateToRollupAccumulatedData()))] {
            #expect(Self.reason { () throws(ExecutionFailure) in try Self.execute(tx, on: base) } == "unavailable: gone")
        }
    }

    @Test func countsOperationsWhenAsked() throws {
        let tx = Self.publicTx(app: [Self.contract]), base = Self.base(bytecode: Self.returns), executor = TransactionExecutor()
        let options = ExecutionOptions(countsOpcodes: true)
        for _ in 0..<2 {
            let counted = try executor.execute(tx, hash: .zero, globals: Self.globals, base: base, options: options).statistics
            #expect(counted.opcodes.reduce(0, +) == 2 && counted.instructions == 2)
            #expect(counted.opcodes.count == Interpreter.operationNames.count)
        }
        #expect(try executor.execute(tx, hash: .zero, globals: Self.globals, base: base).statistics.opcodes.isEmpty)
    }
}
