import Field
import JSON
public import Protocol

/// Executes one transaction on a stored state without keeping anything.
public protocol PublicSimulator: Sendable {
    /// Waits for the result. `archiveRoot`: of the archive tree after block `base`.
    func simulate(_ request: SimulationRequest) throws(RPCFailure) -> SimulationResult
}

public struct SimulationRequest: Sendable {
    public var tx: Tx
    public var globals: GlobalVariables
    /// The block it is executed on.
    public var base: Int
    public var skipsFeeEnforcement: Bool
}

public struct SimulationResult: Sendable {
    public var effect: TxEffect
    public var gasUsed: GasUsed
    public var revertReason: SimulationError?
    public var returnValues: [NestedProcessReturnValues]

    public init(effect: TxEffect, gasUsed: GasUsed, revertReason: SimulationError?, returnValues: [NestedProcessReturnValues]) {
        self.effect = effect
        self.gasUsed = gasUsed
        self.revertReason = revertReason
        self.returnValues = returnValues
    }
}

/// How `node_simulatePublicCalls` works on this node.
public struct SimulationSettings: Sendable {
    /// nil: this node cannot.
    public var simulator: (any PublicSimulator)?
    /// Most L2 gas, execution and teardown together.
    public var maximumGas: UInt64

    public init(simulator: (any PublicSimulator)? = nil, maximumGas: UInt64 = 10_000_000_000) {
        self.simulator = simulator
        self.maximumGas = maximumGas
    }
}

extension NodeAPI {
    /// One transaction on top of the newest block, as a block of the next slot would run it, without validators and limits
    /// («note 03 §16», «note 08 §3.5»).
    func simulate(_ tx: Tx, skipsFeeEnforcement: Bool) throws(RPCFailure) -> PublicSimulationOutput {
        let limits = tx.gasSettings.gasLimits.l2Gas, teardown = tx.gasSettings.teardownGasLimits.l2Gas
        let sum = UInt64(limits) + UInt64(teardown)
        guard sum <= simulation.maximumGas else {
            throw .failed("Transaction total gas limit \(sum) (\(limits) + \(teardown)) exceeds maximum gas limit \(simulation.maximumGas) for simulation")
        }
        guard let simulator = simulation.simulator else { throw .missing("simulatePublicCalls", "an executor") }
        let (base, globals) = try chain.pinned { () throws(RPCFailure) in
            let latest = try chain.latestNumber()
            return (latest, try globalsOfNext(latest + 1))
        }
        let result = try simulator.simulate(SimulationRequest(tx: tx, globals: globals, base: base, skipsFeeEnforcement: skipsFeeEnforcement))
        return PublicSimulationOutput(
            revertReason: result.revertReason.map(functionNames.named), constants: CombinedConstantData(tx: tx.data.constants, globalVariables: globals), txEffect: result.effect,
            publicReturnValues: result.returnValues, gasUsed: result.gasUsed)
    }

    /// Globals of a block in the slot after the newest L1 block. Nobody earns anything by a simulation.
    private func globalsOfNext(_ number: Int) throws(RPCFailure) -> GlobalVariables {
        guard let l1 = try chain.l1Timestamp() else { throw .failed("No L1 block has been read yet") }
        let slot = facts.schedule.slot(at: l1 + facts.schedule.ethereumSlotDuration)
        let timestamp = facts.schedule.timestamp(ofSlot: slot)
        guard let fee = try chain.manaBaseFee(slot: slot) else { throw .failed("The mana base fee of slot \(slot) has not been read from L1 yet") }
        return GlobalVariables(
            chainId: Fr(UInt64(facts.l1ChainId)), version: Fr(UInt64(facts.rollupVersion)), blockNumber: Fr(UInt64(number)), slotNumber: Fr(slot),
            timestamp: Fr(timestamp), coinbase: .zero, feeRecipient: .zero, gasFees: GasFees(feePerDaGas: .zero, feePerL2Gas: fee))
    }
}

extension PublicSimulationOutput {
    /// As the reference's node prints it: where public calls ran and where not, the gas comes in another order; and the total
    /// is negative where teardown limits are more than all gas that private execution says it used.
    func write(to writer: inout JSONWriter, simulationOf tx: Tx) {
        writer.beginObject()
        writer.member("revertReason", ifPresent: revertReason)
        writer.member("constants", constants)
        writer.member("txEffect", txEffect)
        writer.member("publicReturnValues", publicReturnValues)
        writer.key("gasUsed")
        writer.beginObject()
        let limits = tx.data.forPublic?.needsTeardown == true ? tx.gasSettings.teardownGasLimits : .zero
        writer.key("totalGas")
        writer.beginObject()
        writer.member("daGas", Int(gasUsed.billedGas.daGas) - Int(limits.daGas) + Int(gasUsed.teardownGas.daGas))
        writer.member("l2Gas", Int(gasUsed.billedGas.l2Gas) - Int(limits.l2Gas) + Int(gasUsed.teardownGas.l2Gas))
        writer.endObject()
        if !tx.hasPublicCalls { writer.member("billedGas", gasUsed.billedGas) }
        writer.member("teardownGas", gasUsed.teardownGas)
        writer.member("publicGas", gasUsed.publicGas)
        if tx.hasPublicCalls { writer.member("billedGas", gasUsed.billedGas) }
        writer.endObject()
        writer.endObject()
    }
}
