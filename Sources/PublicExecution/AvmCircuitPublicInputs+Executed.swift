public import Protocol

extension AvmCircuitPublicInputs {
    /// What the AVM circuit has to prove of `executed` («note 03 §13.1»). A sequencer does not need it.
    /// - Parameters:
    ///   - start: the trees before the transaction.
    ///   - end: the trees behind it, padding included.
    /// - Precondition: `executed` comes from executing `tx`, which has public calls, in this process.
    public init(_ tx: Tx, _ executed: ExecutedTx, globals: GlobalVariables, start: TreeSnapshots, end: TreeSnapshots) {
        guard let parts = tx.data.forPublic, let output = executed.accumulatedData else {
            preconditionFailure("public inputs of a transaction without public execution")
        }
        self.init()
        globalVariables = globals
        startTreeSnapshots = start
        startGasUsed = tx.data.gasUsed
        gasSettings = tx.gasSettings
        feePayer = tx.data.feePayer
        publicSetupCallRequests = PaddedList(tx.data.nonRevertiblePublicCallRequests, capacity: publicSetupCallRequests.capacity)
        publicAppLogicCallRequests = PaddedList(tx.data.revertiblePublicCallRequests, capacity: publicAppLogicCallRequests.capacity)
        publicTeardownCallRequest = tx.data.teardownPublicCallRequest ?? .padding
        previousNonRevertibleAccumulatedData = PrivateToAvmAccumulatedData(parts.nonRevertibleAccumulatedData.effects)
        previousRevertibleAccumulatedData = PrivateToAvmAccumulatedData(parts.revertibleAccumulatedData.effects)
        previousNonRevertibleAccumulatedDataArrayLengths = previousNonRevertibleAccumulatedData.arrayLengths
        previousRevertibleAccumulatedDataArrayLengths = previousRevertibleAccumulatedData.arrayLengths
        endTreeSnapshots = end
        endGasUsed = executed.gasUsed.billedGas
        accumulatedData = output
        transactionFee = executed.effect.transactionFee
        reverted = !executed.effect.revertCode.isOK
    }
}
