internal import Field
internal import Protocol

/// CALL, STATICCALL, RETURN, REVERT, and the end of frames («note 03 §8»).
extension Machine {
    /// Opens the frame of a nested call and goes to its first instruction; or, when there is no code to run, fails the
    /// call and goes on.
    mutating func call(_ i: Instruction) throws(AVMFault) {
        var modes = AddressModes(i)
        let (l2Address, daAddress, contract) = try resolve(i.a, i.b, i.c, &modes)
        let (sizeAddress, arguments) = try resolve(i.d, i.e, &modes)
        let l2Wanted = try cell(l2Address, .field)
        let daWanted = try cell(daAddress, .field)
        let target = try cell(contract, .field)
        let size = UInt64(try cell(sizeAddress, .u32).u32)
        try Memory.requireSlice(arguments, size)
        try chargeForFields(Price.of(i.operation), arguments, count: Int(size))
        let l2 = try allocation(l2Wanted, of: frame.l2)
        let da = try allocation(daWanted, of: frame.da)
        frame.l2 -= l2
        frame.da -= da
        guard l2 <= Int64(Interpreter.maximumL2Gas) else { throw .fatal(Interpreter.tooMuchGas) }
        let address = AztecAddress(try field(target))
        var negatives: [NegativeWord] = []
        let calldata = frame.memory.fields(arguments, count: Int(size), &negatives)
        // The reference prints the first word.
        if let first = negatives.first, first.index == 0 || negatives.count > NegativeWord.limit { throw .negativeField(first.cell) }
        try Self.requireSelector(calldata)

        host.fork()
        openForks += 1
        let found: Program?
        let refusal: HaltReason?
        do {
            (found, refusal) = (try host.program(of: address), nil)
        } catch .halt(let reason) {
            (found, refusal) = (nil, reason)
        }
        guard let program = found else {
            let message = refusal.map { "Bytecode retrieval for contract '\(address)' failed with \($0.message). Reverting..." }
            return try failCall(message ?? "No bytecode found at: \(address). Reverting...", address, calldata)
        }
        if program.bytecode.isEmpty { throw .fatal("AVM simulator can't execute empty bytecode") }

        frame.slot = slot
        let child = Frame(
            program: program, address: address, sender: frame.address, calldata: calldata, negativeArguments: negatives,
            isStatic: frame.isStatic || i.operation == .staticCall, l2: da < 0 ? -1 : l2, da: max(0, da), memory: Memory(pool),
            internalBase: internalCalls.count)
        waiting.append(frame)
        frame = child
        try go(to: 0)
    }

    /// What a call asks for, at most what there is. A negative amount is gas that the caller gains and a callee that
    /// halts at its first charge, as in the reference («note 03 §7.3»); fatal beyond as much as a call may have.
    private mutating func allocation(_ wanted: Cell, of left: Int64) throws(AVMFault) -> Int64 {
        let integer = wanted.integer
        let amount = Int64(clamping: integer.l1 | integer.l2 | integer.l3 == 0 ? integer.l0 : .max)
        guard wanted.tag == .negativeField else { return min(amount, left) }
        guard amount <= Int64(Interpreter.maximumL2Gas) - gasGained else { throw .negativeField(wanted) }
        gasGained += amount
        return -amount
    }

    /// The reference looks the function's name up and cannot do so above 32 bits («note 03 §7.2», 8).
    static func requireSelector(_ calldata: [Fr]) throws(AVMFault) {
        guard let first = calldata.first else { return }
        guard let selector = first.uint64, selector <= UInt32.max else {
            throw .beyondSelectors(first.integer)
        }
    }

    /// Ends a call whose code was not found, and goes on after it. All that was allocated is gone.
    private mutating func failCall(_ message: String, _ address: AztecAddress, _ calldata: [Fr]) throws(AVMFault) {
        endCall(succeeded: false, output: [])
        frame.lastFailure = Failure(message: message, data: [], address: address, selector: calldata.first, counters: [], cause: nil)
        try advance()
    }

    private mutating func endCall(succeeded: Bool, output: [Fr]) {
        if succeeded { host.merge() } else { host.reject() }
        openForks -= 1
        frame.returndata = output
        frame.callSucceeded = succeeded
    }

    /// RETURN and REVERT.
    mutating func finish(_ i: Instruction) throws(AVMFault) {
        let (sizeAddress, start) = try twoAddresses(i)
        let size = UInt64(try cell(sizeAddress, .u32).u32)
        try charge(Price.of(i.operation), words: size)
        try Memory.requireSlice(start, size)
        let output = try frame.memory.fields(start, count: Int(size))
        if i.operation == .returnData {
            try leave(output, failure: nil)
        } else {
            try leave(output, failure: failure("Assertion failed: ", output, counter: i.pc))
        }
    }

    /// Ends the newest frame after it halted.
    mutating func halt(_ reason: HaltReason) throws(AVMFault) {
        let failure = failure(reason.message, [], counter: missingCounter ?? ip.pointee.pc)
        if missingCounter == nil { executed -= 1 }
        missingCounter = nil
        frame.l2 = 0
        frame.da = 0
        try leave([], failure: failure)
    }

    /// A frame that fails with the data of its last failed call fails for that call's reason.
    private func failure(_ message: String, _ data: [Fr], counter: UInt32) -> Failure {
        let cause = frame.lastFailure.flatMap { $0.data == data ? $0 : nil }
        let counters = internalCalls[frame.internalBase...].map { frame.program.instructions[Int($0)].pc } + [counter]
        return Failure(
            message: cause?.message ?? message, data: data, address: frame.address, selector: frame.calldata.first,
            counters: counters, cause: cause)
    }

    /// Ends the newest frame: the outcome stands, or the frame before it goes on.
    private mutating func leave(_ output: [Fr], failure: Failure?) throws(AVMFault) {
        frame.memory.release()
        internalCalls.removeSubrange(frame.internalBase...)
        guard var parent = waiting.popLast() else {
            isReleased = true
            guard frame.da <= UInt32.max else { throw .fatal("more DA gas is left than there can be") }
            outcome = AVMOutcome(
                reverted: failure != nil, output: output,
                gasLeft: Gas(daGas: UInt32(frame.da), l2Gas: UInt32(frame.l2)), instructions: executed, revert: failure?.revert)
            return
        }
        parent.l2 += frame.l2
        parent.da += frame.da
        if let failure { parent.lastFailure = failure }
        frame = parent
        endCall(succeeded: failure == nil, output: output)
        ip = frame.program.instructions + Int(frame.slot)
        isResuming = true
    }
}
