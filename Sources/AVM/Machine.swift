internal import Field
internal import Protocol

/// The state of one running enqueued call: the newest frame, those that wait for it, and what they share.
/// Instructions are its methods, a file for each family.
struct Machine: ~Copyable {
    let pool: UnsafeMutablePointer<CellPool>
    let host: any AVMHost
    let globals: GlobalVariables
    let transactionFee: Fr
    let shortcutsAreOff: Bool
    let isCancelled: () -> Bool
    /// How many instructions may run.
    let instructionLimit: Int

    /// The newest frame.
    var frame: Frame
    /// Those that wait, outermost first.
    var waiting: [Frame] = []
    /// Slots of the INTERNALCALL instructions that are open, of all frames.
    var internalCalls: [UInt32] = []
    /// The instruction that runs, in `frame.program`.
    var ip: UnsafeMutablePointer<Instruction>
    /// Set when control went to a place with no instruction: what is wrong is there, not with the instruction at `ip`.
    var missingCounter: UInt32?
    var executed = 0
    var outcome: AVMOutcome?
    /// A frame was opened: go to its first instruction.
    var isEntering = false
    /// A nested call ended: go on after the instruction at `ip`.
    var isResuming = false
    /// Gas that nested calls for a negative amount gave.
    var gasGained: Int64 = 0
    /// Forks of the host's journal that nested calls have opened.
    var openForks = 0
    /// The outermost frame has ended and given its memory back.
    var isReleased = false

    init(
        _ call: AVMCall, _ program: Program, _ globals: GlobalVariables, _ host: any AVMHost, _ pool: UnsafeMutablePointer<CellPool>, shortcutsAreOff: Bool,
        instructionLimit: Int, isCancelled: @escaping () -> Bool
    ) {
        self.pool = pool
        self.host = host
        self.globals = globals
        self.shortcutsAreOff = shortcutsAreOff
        self.isCancelled = isCancelled
        self.instructionLimit = instructionLimit
        transactionFee = call.transactionFee
        frame = Frame(
            program: program, address: call.address, sender: call.sender, calldata: call.calldata, isStatic: call.isStatic,
            l2: Int64(call.gas.l2Gas), da: Int64(call.gas.daGas), memory: Memory(pool), internalBase: 0)
        ip = program.instructions
    }

    /// Gives the memory of all frames back and closes what is open. The machine is of no more use.
    mutating func release() {
        for _ in 0..<openForks { host.reject() }
        if isReleased { return }
        frame.memory.release()
        while var last = waiting.popLast() { last.memory.release() }
    }
}

extension Machine {
    /// Cells that one instruction may write between two questions whether to go on.
    static var pollCells: Int { 1 << 16 }

    func poll() throws(AVMFault) {
        if isCancelled() { throw .interrupted }
    }
}

// MARK: - Gas and tags

extension Machine {
    @inline(__always)
    mutating func charge(l2: Int64, da: Int64 = 0) throws(AVMFault) {
        if frame.l2 < l2 || frame.da < da { throw .halt(.outOfGas(l2: frame.l2 < l2, da: frame.da < da)) }
        frame.l2 -= l2
        frame.da -= da
    }

    /// Charges an operation that charges at a point of its own.
    @inline(__always)
    mutating func charge(_ price: Price, words: UInt64 = 0) throws(AVMFault) {
        try charge(l2: price.l2 + price.l2PerWord * Int64(words), da: price.da + price.daPerWord * Int64(words))
    }

    /// Charges for `count` cells, all of which must be FIELD; tags are looked at first. Not all of what cannot be paid is
    /// looked at: that halts in any case, and the reason is for users only.
    mutating func chargeForFields(_ price: Price, _ address: UInt32, count: Int) throws(AVMFault) {
        let isPaid = frame.l2 >= price.l2 + price.l2PerWord * Int64(count)
        try frame.memory.requireTag(.field, address, count: isPaid ? count : min(count, 4096))
        try charge(price, words: UInt64(count))
    }

    @inline(__always)
    func requireTag(_ tag: Tag, _ cell: Cell, at address: UInt32) throws(AVMFault) {
        if cell.tag != tag, cell.tag.visible != tag { throw .halt(.tagMismatch(at: address, got: cell.tag, expected: tag)) }
    }

    /// The cell at `address`, which must have `tag`.
    @inline(__always)
    func cell(_ address: UInt32, _ tag: Tag) throws(AVMFault) -> Cell {
        let cell = frame.memory[address]
        try requireTag(tag, cell, at: address)
        return cell
    }

    @inline(__always)
    func requireNotStatic() throws(AVMFault) {
        if frame.isStatic { throw .halt(.staticViolation) }
    }

    /// The field element in a FIELD cell. Fatal when it is negative.
    @inline(__always)
    func field(_ cell: Cell) throws(AVMFault) -> Fr {
        if cell.tag == .negativeField { throw .negativeField(cell) }
        return Fr(montgomery: cell.value)
    }
}
