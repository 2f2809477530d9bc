import Field
import Protocol

/// Transactions that a node without a proof verifier takes: private-only, each with a nullifier and a priority of its own.
struct TestTransactions {
    let header: BlockHeader
    let chainID: Fr
    let version: Fr
    /// Accounts with fee juice, taken in turn.
    let payers: [AztecAddress]
    /// Bytes of the proof, which nobody looks at.
    var proofBytes = 1000

    func transaction(_ number: Int) -> Tx {
        var end = PrivateToRollupAccumulatedData()
        end.nullifiers = PaddedList([Fr(UInt64(number) + 1) * Fr(0x5152_5354_5556_5758)], capacity: ProtocolConstants.maxNullifiersPerTx)
        let fees = GasFees(feePerDaGas: Fr(1_000_000_000_000), feePerL2Gas: Fr(1_000_000_000_000))
        let settings = GasSettings(
            gasLimits: Gas(daGas: 100_000, l2Gas: 200_000), teardownGasLimits: .zero, maxFeesPerGas: fees,
            maxPriorityFeesPerGas: GasFees(feePerDaGas: .zero, feePerL2Gas: Fr(UInt64(number + 1))))
        let constants = TxConstantData(
            historicalHeader: header, txContext: TxContext(chainId: chainID, version: version, gasSettings: settings),
            vkTreeRoot: ProtocolContracts.vkTreeRoot, protocolContractTreeRoot: ProtocolContracts.treeRoot)
        let data = PrivateKernelTailCircuitPublicInputs(
            constants: constants, rollupValidationRequests: RollupValidationRequests(), gasUsed: Gas(daGas: 1024, l2Gas: 2048),
            feePayer: payers[number % payers.count], destination: .forRollup(end))
        return Tx(data: data, clientIvcProof: ClientIvcProof([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: proofBytes)), contractClassLogs: [], publicFunctionCalldata: [])
    }
}
