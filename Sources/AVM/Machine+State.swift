internal import Field
internal import Protocol

/// Storage, note hashes, nullifiers, messages, logs, contract instances: what the host answers or records.
extension Machine {
    mutating func loadStorage(_ i: Instruction) throws(AVMFault) {
        let (slot, destination) = try twoAddresses(i)
        let key = try field(cell(slot, .field))
        try frame.memory.set(destination, Cell(host.readStorage(frame.address, slot: key)))
    }

    mutating func storeStorage(_ i: Instruction) throws(AVMFault) {
        try requireNotStatic()
        try charge(Price.of(.sstore))
        let (source, slot) = try twoAddresses(i)
        let key = try cell(slot, .field)
        let value = try cell(source, .field)
        try host.writeStorage(frame.address, slot: field(key), value: field(value))
    }

    mutating func noteHashExists(_ i: Instruction) throws(AVMFault) {
        let (noteHash, index, destination) = try twoFields(i)
        try frame.memory.set(destination, Cell(host.noteHashExists(field(noteHash), at: leafIndex(index))))
    }

    mutating func emitNoteHash(_ i: Instruction) throws(AVMFault) {
        try charge(Price.of(.emitNoteHash))
        let noteHash = try cell(address(i), .field)
        try requireNotStatic()
        try host.emitNoteHash(frame.address, field(noteHash))
    }

    mutating func nullifierExists(_ i: Instruction) throws(AVMFault) {
        let (nullifier, contract, destination) = try twoFields(i)
        try frame.memory.set(destination, Cell(host.nullifierExists(AztecAddress(field(contract)), field(nullifier))))
    }

    mutating func emitNullifier(_ i: Instruction) throws(AVMFault) {
        try requireNotStatic()
        try charge(Price.of(.emitNullifier))
        try host.emitNullifier(frame.address, field(cell(address(i), .field)))
    }

    mutating func messageExists(_ i: Instruction) throws(AVMFault) {
        let (hash, index, destination) = try twoFields(i)
        try frame.memory.set(destination, Cell(host.l1ToL2MessageExists(field(hash), at: leafIndex(index))))
    }

    mutating func sendMessage(_ i: Instruction) throws(AVMFault) {
        try requireNotStatic()
        try charge(Price.of(.sendL2ToL1Message))
        let (first, second) = try twoAddresses(i)
        let recipient = try cell(first, .field)
        let content = try cell(second, .field)
        // The low 20 bytes of the field; the reference drops the upper ones.
        guard let receiver = EthAddress(try field(recipient).bytes.suffix(20)) else { preconditionFailure("20 bytes are an address") }
        try host.sendL2ToL1Message(frame.address, recipient: receiver, content: field(content))
    }

    /// The order of checks is observable: «note 03 §7.2», 4.
    mutating func emitLog(_ i: Instruction) throws(AVMFault) {
        try requireNotStatic()
        let (log, sizeAddress) = try twoAddresses(i)
        let size = UInt64(try cell(sizeAddress, .u32).u32)
        if UInt64(log) + size > Memory.cellCount {
            if let (address, tag) = frame.memory.firstNonField(from: log) { throw .halt(.tagMismatch(at: address, got: tag, expected: .field)) }
            throw .beyondMemory
        }
        try chargeForFields(Price.of(.emitLog), log, count: Int(size))
        try host.requirePublicLogRoom()
        guard size <= 13 else { throw .logTooLarge(size) }
        try host.emitPublicLog(frame.address, frame.memory.fields(log, count: Int(size)))
    }

    /// 0 deployer, 1 current class, 2 initialization hash.
    mutating func getContractInstance(_ i: Instruction) throws(AVMFault) {
        guard i.immediate <= 2 else { throw .halt(HaltReason("Invalid GETCONSTRACTINSTANCE member enum \(i.immediate)")) }
        let (source, destination) = try twoAddresses(i)
        let instance = try host.contractInstance(AztecAddress(field(cell(source, .field))))
        let member: Fr = switch (instance, i.immediate) {
        case (nil, _): .zero
        case (let instance?, 0): instance.deployer.field
        case (let instance?, 1): instance.currentContractClassId
        case (let instance?, _): instance.initializationHash
        }
        try frame.memory.set(destination, Cell(instance != nil))
        guard destination < .max else { throw .beyondMemory }
        try frame.memory.set(destination + 1, Cell(member))
    }

    /// Two sources that must be FIELD, and the destination.
    private func twoFields(_ i: Instruction) throws(AVMFault) -> (Cell, Cell, UInt32) {
        let (a, b, destination) = try threeAddresses(i)
        let first = try cell(a, .field)
        return (first, try cell(b, .field), destination)
    }

    /// An index of a leaf. Fatal from 2^64 on («note 03 §7.2», 6).
    private func leafIndex(_ cell: Cell) throws(AVMFault) -> UInt64 {
        guard let index = try field(cell).uint64 else { throw .beyond64Bits(cell.integer) }
        return index
    }
}
