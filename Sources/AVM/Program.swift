/// The public bytecode of a contract class («note 03 §1»), decoded once and kept by class. Not for use from two threads.
///
/// Instructions are decoded when control first reaches them, wherever that is: one may jump into the middle of
/// another. They take at most 36 bytes per byte of code, less than 2 in code that runs straight.
public final class Program {
    /// Packed bytecode.
    public let bytecode: [UInt8]

    /// Slot of the instruction at every pc; 0: not decoded. Allocated with the first instruction.
    private var slots: [UInt32] = []
    /// Slot 0 is not used.
    private(set) var instructions: UnsafeMutablePointer<Instruction>
    private var capacity: Int
    private var count = 1

    public init(_ bytecode: [UInt8]) {
        self.bytecode = bytecode
        capacity = 64
        instructions = .allocate(capacity: capacity)
        instructions.initialize(to: Instruction(operation: .jump, pc: 0))
    }

    deinit { instructions.deallocate() }

    /// Bytes that decoding has taken so far.
    public var decodedByteCount: Int { capacity * MemoryLayout<Instruction>.stride + slots.count * MemoryLayout<UInt32>.stride }

    /// The slot of the instruction at `pc`, which may move `instructions`.
    func slot(at pc: Int) throws(HaltReason) -> UInt32 {
        guard pc < bytecode.count else { throw .invalidCounter(pc, of: bytecode.count) }
        if slots.isEmpty { slots = [UInt32](repeating: 0, count: bytecode.count) }
        if slots[pc] != 0 { return slots[pc] }
        let instruction = try Self.decode(bytecode, at: pc)
        if count == capacity { grow() }
        (instructions + count).initialize(to: instruction)
        slots[pc] = UInt32(count)
        count += 1
        return slots[pc]
    }

    /// By a half, but to no more than one instruction per byte.
    private func grow() {
        let larger = min(capacity + capacity / 2, max(bytecode.count + 1, capacity + 1))
        let moved = UnsafeMutablePointer<Instruction>.allocate(capacity: larger)
        moved.moveInitialize(from: instructions, count: count)
        instructions.deallocate()
        instructions = moved
        capacity = larger
    }
}
