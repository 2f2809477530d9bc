import AVM
import Field
import Protocol

/// One execution of a transaction with public calls («note 03 §11»): the phases, their rollbacks, gas and fee.
struct PublicRun {
    let tx: Tx
    let parts: PrivateTailForPublic
    let globals: GlobalVariables
    let options: ExecutionOptions
    let journal: TxJournal
    let classLogs: TxClassLogs
    let interpreter: Interpreter

    var gas: TransactionGas
    var phases: [ExecutedPhase] = []
    var revertCode = RevertCode.ok
    /// The first one.
    var revertReason: SimulationError?
    /// Whether the journal's bottom fork is open: what it holds goes when a revertible phase fails.
    var isForked = false

    init(
        _ tx: Tx, _ parts: PrivateTailForPublic, globals: GlobalVariables, options: ExecutionOptions, journal: TxJournal,
        classLogs: TxClassLogs, interpreter: Interpreter
    ) {
        self.tx = tx
        self.parts = parts
        self.globals = globals
        self.options = options
        self.journal = journal
        self.classLogs = classLogs
        self.interpreter = interpreter
        gas = TransactionGas(tx)
    }

    mutating func execute(hash: TxHash, isCancelled: () -> Bool) throws(AVMFault) -> ExecutedTx {
        try insertNonRevertible()
        try run(.setup, tx.nonRevertiblePublicCallRequestsWithCalldata, isCancelled)
        openFork()
        let inserted = try insertRevertible()
        if inserted, try run(.appLogic, tx.revertiblePublicCallRequestsWithCalldata, isCancelled) { closeFork(discarding: true) }
        if let teardown = tx.teardownPublicCallRequestWithCalldata {
            if !isForked { openFork() }
            closeFork(discarding: try run(.teardown, [teardown], isCancelled))
        }
        if isForked { closeFork(discarding: false) }
        let fee = transactionFee
        try payFee(fee)
        return try result(hash: hash, fee: fee)
    }

    private mutating func openFork() {
        journal.fork()
        isForked = true
    }

    private mutating func closeFork(discarding: Bool) {
        if discarding { journal.reject() } else { journal.merge() }
        isForked = false
    }

    /// As teardown sees it and as it is paid: what teardown uses does not change it.
    var transactionFee: Fr { TransactionFee.withPublicCalls(billed: gas.billed, settings: tx.gasSettings, fees: globals.gasFees) }

    private func payFee(_ fee: Fr) throws(AVMFault) {
        guard !tx.data.feePayer.isZero else { return }
        let slot = journal.feePayerLeafSlot(tx.data.feePayer)
        var balance = try journal.value(slot)
        if balance < fee {
            guard options.skipsFeeEnforcement else { throw .fatal(TransactionFee.shortage(balance, fee: fee)) }
            balance = fee
        }
        journal.write(slot, balance - fee)
    }

    private func result(hash: TxHash, fee: Fr) throws(AVMFault) -> ExecutedTx {
        let contracts = revertCode.isOK ? journal.contracts.published : journal.nonRevertibleContracts
        let diff = journal.diff(contracts: contracts)
        guard diff.publicDataWrites.count <= ProtocolConstants.maxTotalPublicDataUpdateRequestsPerTx else {
            throw .fatal("\(diff.publicDataWrites.count) public data slots are written, more than \(ProtocolConstants.maxTotalPublicDataUpdateRequestsPerTx)")
        }
        var output = AvmAccumulatedData()
        output.noteHashes = PaddedList(journal.noteHashes, capacity: output.noteHashes.capacity)
        output.nullifiers = PaddedList(journal.nullifiers, capacity: output.nullifiers.capacity)
        output.l2ToL1Msgs = PaddedList(journal.messages, capacity: output.l2ToL1Msgs.capacity)
        output.publicLogs = PaddedList(journal.publicLogs, capacity: output.publicLogs.capacity)
        output.publicDataWrites = PaddedList(diff.publicDataWrites, capacity: output.publicDataWrites.capacity)

        let context = tx.data.constants.txContext
        var effect = TxEffect(revertCode: revertCode, txHash: hash, transactionFee: fee)
        effect.noteHashes = output.noteHashes.nonEmpty
        effect.nullifiers = output.nullifiers.nonEmpty
        effect.l2ToL1Msgs = output.l2ToL1Msgs.items.map { $0.siloed(version: context.version, chainId: context.chainId) }.filter { !$0.isZero }
        effect.publicDataWrites = output.publicDataWrites.nonEmpty
        effect.publicLogs = output.publicLogs.nonEmpty
        effect.privateLogs = parts.nonRevertibleAccumulatedData.privateLogs.nonEmpty
        effect.contractClassLogs = classLogs.nonRevertible
        if revertCode.isOK {
            effect.privateLogs += parts.revertibleAccumulatedData.privateLogs.nonEmpty
            effect.contractClassLogs += classLogs.revertible
        }
        effect.contractClassLogs.removeAll(where: \.isEmpty)
        try requireWellFormed(effect)

        var executed = ExecutedTx(hash: hash, effect: effect, gasUsed: gas.used, diff: diff, readSet: journal.readSet)
        executed.revertReason = revertReason
        executed.accumulatedData = output
        executed.phases = phases
        executed.returnValues = phases.first { $0.phase == .appLogic }?.calls.map { NestedProcessReturnValues(values: $0.output) } ?? []
        executed.statistics.instructions = phases.reduce(0) { $0 + $1.calls.reduce(0) { $0 + $1.instructions } }
        return executed
    }
}

extension TxJournal {
    /// Where the fee juice balance lies.
    func feePayerLeafSlot(_ payer: AztecAddress) -> Fr {
        hashes.leafSlot(ProtocolContracts.feeJuice, SiloedHashes.balanceSlot(of: payer))
    }
}
