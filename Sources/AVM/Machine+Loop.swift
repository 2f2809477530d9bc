extension Machine {
    /// How many instructions run between two questions whether to go on.
    static var pollInterval: Int { 4096 }

    /// Runs to the end of the outermost frame.
    mutating func run(_ profile: inout some Profile, isCancelled: () -> Bool) throws(AVMFault) -> AVMOutcome {
        var started = false
        var untilPoll = Self.pollInterval
        while true {
            do throws(AVMFault) {
                if !started {
                    started = true
                    try go(to: 0)
                }
                while outcome == nil {
                    if isResuming {
                        isResuming = false
                        try advance()
                    }
                    untilPoll -= 1
                    if untilPoll == 0 {
                        untilPoll = Self.pollInterval
                        if isCancelled() { throw .interrupted }
                    }
                    executed += 1
                    let instruction = ip.pointee
                    profile.count(instruction.operation)
                    try charge(l2: instruction.gas)
                    try execute(instruction)
                }
            } catch {
                guard case .halt(let reason) = error else { throw error }
                try halt(reason)
            }
            if let outcome { return outcome }
        }
    }

    /// Executes one instruction, its first charge made, and goes to the next.
    @inline(__always)
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
        case .set64: try setImmediate64(i)
        case .set128: try setImmediate128(i)
        case .setField: try setImmediateField(i)
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
