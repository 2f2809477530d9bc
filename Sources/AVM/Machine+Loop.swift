extension Machine {
    /// How many instructions run between two questions whether to go on. What asks the host, or costs much, counts more.
    static var pollInterval: Int { 4096 }
    private static var heavyWeight: Int { 128 }

    /// Runs to the end of the outermost frame.
    mutating func run(_ profile: inout some Profile) throws(AVMFault) -> AVMOutcome {
        var pollAt = Self.pollInterval
        isEntering = true
        while true {
            do throws(AVMFault) {
                try runUntilHalt(&profile, &pollAt)
            } catch {
                guard case .halt(let reason) = error else { throw error }
                try halt(reason)
            }
            if let outcome { return outcome }
        }
    }

    /// The loop. What it needs for every instruction it keeps in locals: where it is, what gas is left, where the low
    /// cells of the frame are. An instruction whose operands are as usual (low addresses, tags that fit) is done right
    /// here; every other goes through its function, which says in full what it means. `Fast` has the shortcuts.
    private mutating func runUntilHalt(_ profile: inout some Profile, _ pollAt: inout Int) throws(AVMFault) {
        if isEntering {
            isEntering = false
            try go(to: 0)
        }
        if isResuming {
            isResuming = false
            try advance()
        }
        var ip = self.ip
        var gas = frame.l2
        var count = executed
        var base = frame.program.instructions
        var fast = Fast(frame, isOff: shortcutsAreOff)

        while true {
            if count >= pollAt {
                pollAt = count + Self.pollInterval
                try poll()
                if count > instructionLimit { throw .fatal("more than \(Interpreter.maximumInstructions) instructions, nearly all of them free") }
            }
            count += 1
            profile.count(ip.pointee.operation)
            gas -= ip.pointee.gas
            // A frame that was called for less than no gas gets past what is free.
            if gas < 0, !ip.pointee.operation.isFree {
                self.ip = ip
                executed = count
                throw .halt(.outOfGas(l2: true, da: false))
            }
            switch fast.execute(ip) {
            case .done:
                let next = ip.pointee.next
                if next != 0 {
                    ip = base + Int(next)
                    continue
                }
                self.ip = ip
                executed = count
                frame.l2 = gas
                try advance()
            case .jump:
                let target = ip.pointee.target
                if target != 0 {
                    ip = base + Int(target)
                    continue
                }
                self.ip = ip
                executed = count
                frame.l2 = gas
                try jump()
            case .internalCall:
                internalCalls.append(UInt32(ip - base))
                let target = ip.pointee.target
                if target != 0 {
                    ip = base + Int(target)
                    continue
                }
                self.ip = ip
                executed = count
                frame.l2 = gas
                try jump()
            case .internalReturn:
                if internalCalls.count > frame.internalBase {
                    let next = base[Int(internalCalls[internalCalls.count - 1])].next
                    if next != 0 {
                        internalCalls.removeLast()
                        ip = base + Int(next)
                        continue
                    }
                }
                self.ip = ip
                executed = count
                frame.l2 = gas
                try internalReturn()
            case .unusual:
                self.ip = ip
                executed = count
                frame.l2 = gas
                let instruction = ip.pointee
                pollAt -= instruction.operation.asksHost ? Self.heavyWeight : Int(instruction.gas >> 4)
                try execute(instruction)
                if outcome != nil { return }
                if isResuming {
                    isResuming = false
                    try advance()
                }
                fast = Fast(frame, isOff: shortcutsAreOff)
            }
            ip = self.ip
            gas = frame.l2
            base = frame.program.instructions
            fast.constants = frame.program.constants
        }
    }

    /// Executes one instruction, its first charge made, and goes to the next.
    private mutating func execute(_ i: Instruction) throws(AVMFault) {
        switch i.operation {
        case .add: try add(i)
        case .sub: try subtract(i)
        case .mul: try multiply(i)
        case .div: try divide(i)
        case .fdiv: try divideField(i)
        case .eq: try equal(i)
        case .lt: try less(i)
        case .lte: try lessOrEqual(i)
        case .and: try and(i)
        case .or: try or(i)
        case .xor: try xor(i)
        case .not: try not(i)
        case .shl: try shiftLeft(i)
        case .shr: try shiftRight(i)
        case .cast: try cast(i)
        case .getEnvVar: try getEnvironment(i)
        case .calldataCopy: try copyCalldata(i)
        case .successCopy: try copySuccess(i)
        case .returndataSize: try returndataSize(i)
        case .returndataCopy: try copyReturndata(i)
        case .jump: return try jump()
        case .jumpIf: return try jumpIf(i)
        case .internalCall: return try internalCall()
        case .internalReturn: return try internalReturn()
        case .set: try setImmediate(i)
        case .setConstant: try setConstant(i)
        case .setUncached: try setUncached(i)
        case .setInvalid: throw .beyondField(Immediate(frame.program.bytecode, at: Int(i.pc)).integer)
        case .mov: try move(i)
        case .sload: try loadStorage(i)
        case .sstore: try storeStorage(i)
        case .noteHashExists: try noteHashExists(i)
        case .emitNoteHash: try emitNoteHash(i)
        case .nullifierExists: try nullifierExists(i)
        case .emitNullifier: try emitNullifier(i)
        case .l1ToL2MessageExists: try messageExists(i)
        case .getContractInstance: try getContractInstance(i)
        case .emitLog: try emitLog(i)
        case .sendL2ToL1Message: try sendMessage(i)
        case .call, .staticCall: return try call(i)
        case .returnData, .revert: return try finish(i)
        case .debugLog: try debugLog(i)
        case .poseidon2: try poseidon2(i)
        case .sha256Compression: try sha256Compression(i)
        case .keccakF1600: try keccak(i)
        case .ecAdd: try addPoints(i)
        case .toRadix: try toRadix(i)
        }
        try advance()
    }

    /// Prints nothing on a node: only its checks are left.
    private mutating func debugLog(_ i: Instruction) throws(AVMFault) {
        let (_, _, size) = try threeAddresses(i)
        _ = try cell(size, .u32)
        try charge(Price.of(.debugLog))
    }
}
