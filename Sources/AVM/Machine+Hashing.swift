internal import Field
internal import Hashing

/// POSEIDON2, SHA256COMPRESSION, KECCAKF1600.
extension Machine {
    mutating func poseidon2(_ i: Instruction) throws(AVMFault) {
        let (input, output) = try twoAddresses(i)
        try Memory.requireSlice(input, 4)
        try frame.memory.requireTag(.field, input, count: 4)
        var state = try (
            field(frame.memory[input]), field(frame.memory[input + 1]), field(frame.memory[input + 2]), field(frame.memory[input + 3]))
        Poseidon2.permute(&state)
        try Memory.requireSlice(output, 4)
        try frame.memory.set(output, Cell(state.0))
        try frame.memory.set(output + 1, Cell(state.1))
        try frame.memory.set(output + 2, Cell(state.2))
        try frame.memory.set(output + 3, Cell(state.3))
    }

    /// Words are made numbers before tags are looked at: one that is too large for that is fatal («note 03 §7.2», 7).
    mutating func sha256Compression(_ i: Instruction) throws(AVMFault) {
        let (output, stateAddress, inputs) = try threeAddresses(i)
        try charge(Price.of(.sha256Compression))
        try requireNumbers(inputs, 16)
        try requireNumbers(stateAddress, 8)
        try frame.memory.requireTag(.u32, inputs, count: 16)
        try frame.memory.requireTag(.u32, stateAddress, count: 8)
        let block = (0..<16).map { frame.memory[inputs + $0].u32 }
        func word(_ offset: UInt32) -> UInt32 { frame.memory[stateAddress + offset].u32 }
        var state: SHA256.State = (word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7))
        SHA256.compress(&state, block: block)
        try Memory.requireSlice(output, 8)
        let words = [state.0, state.1, state.2, state.3, state.4, state.5, state.6, state.7]
        for (offset, word) in words.enumerated() { try frame.memory.set(output + UInt32(offset), Cell(u32: word)) }
    }

    private func requireNumbers(_ address: UInt32, _ count: UInt32) throws(AVMFault) {
        try Memory.requireSlice(address, UInt64(count))
        for offset in 0..<count {
            let cell = frame.memory[address + offset]
            if cell.tag == .negativeField || cell.tag == .u32 { continue }
            let integer = cell.integer
            if integer.l1 | integer.l2 | integer.l3 != 0 || integer.l0 > 1 << 53 - 1 {
                throw .beyondSafeIntegers(integer)
            }
        }
    }

    mutating func keccak(_ i: Instruction) throws(AVMFault) {
        let (output, input) = try twoAddresses(i)
        try charge(Price.of(.keccakF1600))
        try Memory.requireSlice(input, 25)
        try frame.memory.requireTag(.u64, input, count: 25)
        var lanes = (0..<25).map { frame.memory[input + $0].value.l0 }
        KeccakF1600.permute(&lanes)
        try Memory.requireSlice(output, 25)
        for (offset, lane) in lanes.enumerated() { try frame.memory.set(output + UInt32(offset), Cell(u64: lane)) }
    }
}
