import Field
import Protocol

/// The rules one by one, each against a base. Every read that another transaction of the block can change is noted.
struct TxRules {
    let tx: Tx
    let globals: GlobalVariables
    let base: any ExecutionBase
    let classLogs: TxClassLogs

    /// Chain, version, last block, and what the proof was made against; all that is wrong, in this order.
    func metadata() -> TxValidation {
        let constants = tx.data.constants
        var wrong: [TxRejection] = []
        if constants.txContext.chainId != globals.chainId { wrong.append(.chainID) }
        if constants.txContext.version != globals.version { wrong.append(.rollupVersion) }
        if let last = tx.data.rollupValidationRequests.maxBlockNumber.limit, last < globals.blockNumber { wrong.append(.maxBlockNumber) }
        if constants.vkTreeRoot != ProtocolContracts.vkTreeRoot { wrong.append(.circuitsRoot) }
        if constants.protocolContractTreeRoot != ProtocolContracts.treeRoot { wrong.append(.protocolContractsRoot) }
        return wrong.isEmpty ? .valid : .invalid(wrong)
    }

    /// Repetitions inside the transaction count, which the reference means to refuse and does not («note 06 §7.4»), but
    /// not those that only make the app logic revert («note 03 §11», collision): blocks with such transactions are good.
    func doubleSpend(_ reads: inout ReadSet) throws(StateUnavailable) -> TxValidation {
        let nullifiers = tx.data.nonEmptyNullifiers
        let deadly = tx.data.forPublic?.nonRevertibleAccumulatedData.nullifiers.nonEmpty ?? nullifiers
        guard Set(deadly).count == deadly.count else { return .invalid(.duplicateNullifier) }
        return try spentBefore(&reads)
    }

    /// Only whether the chain has one of the nullifiers.
    func spentBefore(_ reads: inout ReadSet) throws(StateUnavailable) -> TxValidation {
        for nullifier in tx.data.nonEmptyNullifiers {
            let isThere = try base.hasNullifier(nullifier)
            reads.nullifiers[nullifier] = isThere
            if isThere { return .invalid(.existingNullifier) }
        }
        return .valid
    }

    /// `chain` answers for contracts: those of transactions before it in the block do not count here, its own do.
    func phases(_ allowList: SetupAllowList, chain: any ExecutionBase) throws(StateUnavailable) -> TxValidation {
        // Contracts that cannot be read are an error whether setup calls them or not.
        var own = TxContracts()
        do {
            let classes = try classLogs.classes(revertible: false) + classLogs.classes(revertible: true)
            try own.add(classes: classes, privateLogs: tx.data.nonEmptyPrivateLogs)
        } catch {
            return .invalid(.duringValidation)
        }
        for call in tx.nonRevertiblePublicCallRequestsWithCalldata {
            guard let selector = call.selector else { return .invalid(.duringValidation) }
            let contract = call.request.contractAddress
            let answer = try allowList.admits(contract, selector) { () throws(StateUnavailable) in
                if let own = own.instance(contract) { return own.originalContractClassId }
                return try chain.contractInstance(contract)?.currentContractClassId
            }
            switch answer {
            case .allowed: continue
            case .refused: return .invalid(.setupFunction)
            case .unknownContract: return .invalid(.duringValidation)
            }
        }
        return .valid
    }

    func gas(_ reads: inout ReadSet) throws(StateUnavailable) -> TxValidation {
        let settings = tx.gasSettings
        guard settings.gasLimits.daGas >= UInt32(ProtocolConstants.fixedDAGas), settings.gasLimits.l2Gas >= UInt32(ProtocolConstants.fixedL2Gas)
        else { return .invalid(.gasLimit) }
        // Fees fall, so a later block may take it.
        guard settings.maxFeesPerGas.feePerDaGas >= globals.gasFees.feePerDaGas, settings.maxFeesPerGas.feePerL2Gas >= globals.gasFees.feePerL2Gas
        else { return .skipped([.feePerGas]) }
        let slot = tx.feePayerBalanceLeafSlot
        var balance = try base.publicData(slot)
        reads.publicData[slot] = balance
        if let claimed = tx.claimedFeeJuice { balance += claimed }
        return balance < settings.feeLimit ? .invalid(.feePayerBalance) : .valid
    }

    func blockHeader() throws(StateUnavailable) -> TxValidation {
        try base.isArchived(tx.data.constants.historicalHeader.hash()) ? .valid : .invalid(.blockHeader)
    }
}
