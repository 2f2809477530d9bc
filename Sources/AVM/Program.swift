internal import Field

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
    /// What SET instructions write, where it is not in the instruction. Few enough not to matter: one may make an
    /// instruction with a constant begin at every byte.
    private(set) var constants: UnsafeMutablePointer<Cell>
    private var constantCapacity = 0
    private var constantCount = 0

    public init(_ bytecode: [UInt8]) {
        self.bytecode = bytecode
        capacity = 64
        instructions = .allocate(capacity: capacity)
        instructions.initialize(to: Instruction(operation: .jump, pc: 0))
        constants = .allocate(capacity: 0)
    }

    deinit {
        instructions.deallocate()
        constants.deallocate()
    }

    /// Bytes that decoding has taken so far.
    public var decodedByteCount: Int {
        capacity * MemoryLayout<Instruction>.stride + constantCapacity * MemoryLayout<Cell>.stride + slots.count * MemoryLayout<UInt32>.stride
    }

    /// The slot of the instruction at `pc`, which may move `instructions`.
    func slot(at pc: Int) throws(HaltReason) -> UInt32 {
        guard pc < bytecode.count else { throw .invalidCounter(pc, of: bytecode.count) }
        if slots.isEmpty { slots = [UInt32](repeating: 0, count: bytecode.count) }
        if slots[pc] != 0 { return slots[pc] }
        var instruction = try Self.decode(bytecode, at: pc)
        if instruction.operation == .set { prepare(&instruction) }
        if count == capacity { grow() }
        (instructions + count).initialize(to: instruction)
        slots[pc] = UInt32(count)
        count += 1
        return slots[pc]
    }

    /// Decides how a SET gets its value.
    private func prepare(_ set: inout Instruction) {
        guard let cell = Immediate(bytecode, at: Int(set.pc)).cell else {
            set.operation = .setInvalid
            set.gas = 0
            return
        }
        if cell.tag.isIntegral, cell.value.l1 == 0 {
            set.immediate = cell.value.l0
        } else if let index = remember(cell) {
            set.operation = .setConstant
            set.target = index
        } else {
            set.operation = .setUncached
        }
    }

    /// The index of a new constant, nil when there are as many as there may be.
    private func remember(_ cell: Cell) -> UInt32? {
        if constantCount == constantCapacity {
            let larger = min(max(8, 2 * constantCapacity), 8 + bytecode.count / 10)
            guard larger > constantCapacity else { return nil }
            let moved = UnsafeMutablePointer<Cell>.allocate(capacity: larger)
            moved.moveInitialize(from: constants, count: constantCount)
            constants.deallocate()
            constants = moved
            constantCapacity = larger
        }
        (constants + constantCount).initialize(to: cell)
        constantCount += 1
        return UInt32(constantCount - 1)
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
