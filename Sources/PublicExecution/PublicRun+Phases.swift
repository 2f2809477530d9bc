import AVM
import Field
import Protocol

extension PublicRun {
    /// Runs the calls of a phase up to the first that fails; returns whether one did.
    @discardableResult
    mutating func run(
        _ phase: ExecutionPhase, _ calls: [PublicCallRequestWithCalldata], _ isCancelled: () -> Bool
    ) throws(AVMFault) -> Bool {
        guard !calls.isEmpty else { return false }
        var executed = ExecutedPhase(phase: phase)
        for call in calls {
            let (result, reason) = try run(call, in: phase, isCancelled)
            executed.calls.append(result)
            if result.reverted {
                // The reference names the selector of the culprit, whether there is one or not.
                guard !call.calldata.isEmpty else { throw .fatal("An enqueued call without calldata reverted") }
                executed.revertReason = reason
                try revert(phase, reason)
                break
            }
        }
        phases.append(executed)
        return executed.reverted
    }

    /// Notes that a phase failed. Setup may not.
    mutating func revert(_ phase: ExecutionPhase, _ reason: SimulationError?) throws(AVMFault) {
        if revertReason == nil { revertReason = reason }
        switch phase {
        case .setup: throw .fatal(reason?.message ?? "Setup phase reverted! The transaction will be thrown out.")
        case .appLogic: revertCode = .appLogicReverted
        case .teardown: revertCode = revertCode == .appLogicReverted ? .bothReverted : .teardownReverted
        }
    }

    private mutating func run(
        _ call: PublicCallRequestWithCalldata, in phase: ExecutionPhase, _ isCancelled: () -> Bool
    ) throws(AVMFault) -> (ExecutedCall, SimulationError?) {
        // The reference looks for the function's name before anything else («note 03 §7.2», 8).
        if let first = call.calldata.first, FunctionSelector(first) == nil {
            throw .fatal("Selector must fit in 4 bytes (got value \(BigInteger(first))).")
        }
        let offered = gas.offered(in: phase)
        let outcome = try outcome(of: call, gas: offered.clamped, fee: phase == .teardown ? transactionFee : .zero, isCancelled)
        let used = offered - TransactionGas.Amount(outcome.gasLeft)
        gas.consume(used, in: phase)
        let result = ExecutedCall(
            gasUsed: used.clamped, instructions: outcome.instructions, reverted: outcome.reverted, output: outcome.output)
        return (result, outcome.revert.map { SimulationError($0) })
    }

    private func outcome(
        of call: PublicCallRequestWithCalldata, gas: Gas, fee: Fr, _ isCancelled: () -> Bool
    ) throws(AVMFault) -> AVMOutcome {
        let request = call.request
        let address = request.contractAddress
        let program: Program?
        do throws(AVMFault) {
            program = try journal.program(of: address)
        } catch .halt(let reason) {
            return noBytecode("Bytecode retrieval for contract '\(address)' failed with \(reason.message). Reverting...", call)
        }
        guard let program else { return noBytecode("No bytecode found at: \(address). Reverting...", call) }
        guard !program.bytecode.isEmpty else { throw .fatal("AVM simulator can't execute empty bytecode") }
        return try interpreter.run(
            AVMCall(
                address: address, sender: request.msgSender, calldata: call.calldata, isStatic: request.isStaticCall, transactionFee: fee, gas: gas),
            program: program, globals: globals, host: journal, isCancelled: isCancelled)
    }

    /// A call of nothing takes all its gas.
    private func noBytecode(_ message: String, _ call: PublicCallRequestWithCalldata) -> AVMOutcome {
        let frame = AVMRevert.Frame(address: call.request.contractAddress, selector: call.calldata.first, internalCallStack: [])
        return AVMOutcome(
            reverted: true, output: [], gasLeft: .zero, instructions: 0, revert: AVMRevert(message: message, data: [], frames: [frame]))
    }
}
