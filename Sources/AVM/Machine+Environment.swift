internal import Field
internal import Protocol

/// GETENVVAR, CALLDATACOPY, RETURNDATASIZE, RETURNDATACOPY, SUCCESSCOPY.
extension Machine {
    mutating func getEnvironment(_ i: Instruction) throws(AVMFault) {
        guard let variable = Variable(rawValue: i.immediate) else { throw .halt(HaltReason("Invalid GETENVVAR var enum \(i.immediate)")) }
        let destination = try address(i)
        let value: Cell = switch variable {
        case .address: Cell(frame.address.field)
        case .sender: Cell(frame.sender.field)
        case .transactionFee: Cell(transactionFee)
        case .chainID: Cell(globals.chainId)
        case .version: Cell(globals.version)
        case .blockNumber: Cell(globals.blockNumber)
        case .timestamp: Cell(u64: globals.timestamp.integer.l0)
        case .feePerL2Gas: Cell(globals.gasFees.feePerL2Gas)
        case .feePerDAGas: Cell(globals.gasFees.feePerDaGas)
        case .isStatic: Cell(Fr(frame.isStatic))
        case .l2Left: Cell(Fr(UInt64(frame.l2)))
        case .daLeft: Cell(Fr(UInt64(frame.da)))
        }
        try frame.memory.set(destination, value)
    }

    private enum Variable: UInt64 {
        case address, sender, transactionFee, chainID, version, blockNumber, timestamp, feePerL2Gas, feePerDAGas, isStatic, l2Left, daLeft
    }

    mutating func copyCalldata(_ i: Instruction) throws(AVMFault) {
        let copy = try copyOperands(i)
        try self.copy(frame.calldata, copy)
        for word in frame.negativeArguments where word.index >= copy.start && word.index < copy.start + copy.count {
            try frame.memory.set(copy.destination + UInt32(word.index - copy.start), word.cell)
        }
    }

    mutating func copyReturndata(_ i: Instruction) throws(AVMFault) {
        let copy = try copyOperands(i)
        try self.copy(frame.returndata, copy)
    }

    private typealias Copy = (start: Int, destination: UInt32, count: Int)

    private mutating func copy(_ source: [Fr], _ copy: Copy) throws(AVMFault) {
        for done in stride(from: 0, to: copy.count, by: Self.pollCells) {
            if done > 0 { try poll() }
            try frame.memory.copy(
                source, from: copy.start + done, to: copy.destination + UInt32(done), count: min(Self.pollCells, copy.count - done))
        }
    }

    private mutating func copyOperands(_ i: Instruction) throws(AVMFault) -> Copy {
        let (size, start, destination) = try threeAddresses(i)
        let first = try cell(start, .u32).u32
        let count = try cell(size, .u32).u32
        try charge(Price.of(i.operation), words: UInt64(count))
        try Memory.requireSlice(destination, UInt64(count))
        return (Int(first), destination, Int(count))
    }

    mutating func returndataSize(_ i: Instruction) throws(AVMFault) {
        let destination = try address(i)
        try charge(Price.of(.returndataSize))
        try frame.memory.set(destination, Cell(u32: UInt32(frame.returndata.count)))
    }

    mutating func copySuccess(_ i: Instruction) throws(AVMFault) {
        try frame.memory.set(address(i), Cell(frame.callSucceeded))
    }
}
