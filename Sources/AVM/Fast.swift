internal import Field

/// Shortcuts through the common case of the common instructions: all cells below 2^16 and where they usually are, tags
/// that fit. Whatever is otherwise is `unusual` and left untouched, for the instruction's function to do or to refuse.
/// Each shortcut is to do what the function does, no more; `ArithmeticPropertyTests` and `FuzzTests` compare the two.
struct Fast {
    enum Result {
        case done, jump, internalCall, internalReturn, unusual
    }

    private let directory: ChunkDirectory
    private let zeroChunk: UnsafeMutablePointer<Cell>

    /// Of the program; they move when it grows.
    var constants: UnsafeMutablePointer<Cell>

    /// Of the frame's last nested call.
    private let callSucceeded: Bool

    /// `isOff`: nothing has a shortcut that looks at a cell.
    @inline(__always)
    init(_ frame: borrowing Frame, isOff: Bool) {
        constants = frame.program.constants
        directory = isOff ? frame.memory.pool.pointee.emptyDirectory : frame.memory.directory
        zeroChunk = frame.memory.zeroChunk
        callSucceeded = frame.callSucceeded
    }

    // MARK: Cells

    /// What stands for an address that has no shortcut; stays one when an operand is added.
    private static let none: UInt64 = 1 << 40

    @inline(__always)
    private func cell(_ address: UInt64) -> UnsafeMutablePointer<Cell>? {
        guard address < 1 << 16, let chunk = directory[Int(address >> 6)] else { return nil }
        return chunk + Int(address & 63)
    }

    @inline(__always)
    private func destination(_ address: UInt64) -> UnsafeMutablePointer<Cell>? {
        guard address < 1 << 16, let chunk = directory[Int(address >> 6)], chunk != zeroChunk else { return nil }
        return chunk + Int(address & 63)
    }

    /// The U32 in a cell as an address.
    @inline(__always)
    private func pointer(at address: UInt64) -> UInt64 {
        guard let cell = cell(address), cell.pointee.tag == .u32 else { return Self.none }
        return cell.pointee.value.l0
    }

    @inline(__always)
    private func base(_ modes: UInt64) -> UInt64 { modes & 0xaaaa == 0 ? 0 : pointer(at: 0) }

    /// Operand `index` of an instruction.
    @inline(__always)
    private func address(_ operand: UInt16, _ index: UInt64, _ modes: UInt64, _ base: UInt64) -> UInt64 {
        let mode = modes >> (2 * index)
        let address = UInt64(operand) &+ (base & (0 &- (mode >> 1 & 1)))
        return mode & 1 == 0 ? address : pointer(at: address)
    }

    // MARK: Instructions

    @inline(__always)
    func execute(_ i: UnsafeMutablePointer<Instruction>) -> Result {
        switch i.pointee.operation {
        case .jump: return .jump
        case .jumpIf:
            let modes = UInt64(i.pointee.modes)
            guard let condition = cell(address(i.pointee.a, 0, modes, base(modes))) else { return .unusual }
            return condition.pointee.isZero ? .done : .jump
        case .internalCall: return .internalCall
        case .internalReturn: return .internalReturn
        case .mov:
            let modes = UInt64(i.pointee.modes)
            let base = base(modes)
            guard let source = cell(address(i.pointee.a, 0, modes, base)),
                let target = destination(address(i.pointee.b, 1, modes, base))
            else { return .unusual }
            target.pointee = source.pointee
            return .done
        case .set:
            let modes = UInt64(i.pointee.modes)
            guard let target = destination(address(i.pointee.a, 0, modes, base(modes))) else { return .unusual }
            target.pointee = Cell(low: i.pointee.immediate, high: 0, i.pointee.tag)
            return .done
        case .successCopy:
            let modes = UInt64(i.pointee.modes)
            guard let target = destination(address(i.pointee.a, 0, modes, base(modes))) else { return .unusual }
            target.pointee = Cell(callSucceeded)
            return .done
        case .setConstant:
            let modes = UInt64(i.pointee.modes)
            guard let target = destination(address(i.pointee.a, 0, modes, base(modes))) else { return .unusual }
            target.pointee = constants[Int(i.pointee.target)]
            return .done
        case .cast:
            let modes = UInt64(i.pointee.modes)
            let base = base(modes)
            guard let source = cell(address(i.pointee.a, 0, modes, base)),
                let target = destination(address(i.pointee.b, 1, modes, base)), source.pointee.tag != .negativeField
            else { return .unusual }
            target.pointee = source.pointee.cast(to: i.pointee.tag)
            return .done
        case .not:
            let modes = UInt64(i.pointee.modes)
            let base = base(modes)
            guard let source = cell(address(i.pointee.a, 0, modes, base)),
                let target = destination(address(i.pointee.b, 1, modes, base)), source.pointee.tag.isIntegral
            else { return .unusual }
            target.pointee = Cell(wrapping: ~source.pointee.wide, source.pointee.tag)
            return .done
        case .add:
            return binary(i) { x, y in
                if x.isNarrow { return Cell(narrow: x.value.l0 &+ y.value.l0, x.tag) }
                if x.tag == .field { return Cell(x.fr + y.fr) }
                return x.tag == .u128 ? Cell(wrapping: x.wide &+ y.wide, .u128) : nil
            }
        case .sub:
            return binary(i) { x, y in
                if x.isNarrow { return Cell(narrow: x.value.l0 &- y.value.l0, x.tag) }
                if x.tag == .field { return Cell(x.fr - y.fr) }
                return x.tag == .u128 ? Cell(wrapping: x.wide &- y.wide, .u128) : nil
            }
        case .mul:
            return binary(i) { x, y in
                if x.isNarrow { return Cell(narrow: x.value.l0 &* y.value.l0, x.tag) }
                if x.tag == .field { return Cell(x.fr * y.fr) }
                return x.tag == .u128 ? Cell(wrapping: x.wide &* y.wide, .u128) : nil
            }
        case .div:
            return binary(i) { x, y in x.isNarrow && y.value.l0 != 0 ? Cell(narrow: x.value.l0 / y.value.l0, x.tag) : nil }
        case .eq:
            return binary(i) { x, y in x.tag == .negativeField ? nil : Cell(x.value == y.value) }
        case .lt:
            return binary(i) { x, y in
                if x.isNarrow { return Cell(x.value.l0 < y.value.l0) }
                if x.tag == .field { return Cell(x.fr.integer < y.fr.integer) }
                return x.tag == .u128 ? Cell(x.wide < y.wide) : nil
            }
        case .lte:
            return binary(i) { x, y in
                if x.isNarrow { return Cell(x.value.l0 <= y.value.l0) }
                if x.tag == .field { return Cell(!(y.fr.integer < x.fr.integer)) }
                return x.tag == .u128 ? Cell(x.wide <= y.wide) : nil
            }
        case .and: return binary(i) { x, y in x.tag.isField ? nil : Cell(low: x.value.l0 & y.value.l0, high: x.value.l1 & y.value.l1, x.tag) }
        case .or: return binary(i) { x, y in x.tag.isField ? nil : Cell(low: x.value.l0 | y.value.l0, high: x.value.l1 | y.value.l1, x.tag) }
        case .xor: return binary(i) { x, y in x.tag.isField ? nil : Cell(low: x.value.l0 ^ y.value.l0, high: x.value.l1 ^ y.value.l1, x.tag) }
        case .shl:
            return binary(i, shift: true) { x, y in
                guard x.isNarrow, y.tag == .u8 else { return nil }
                return Cell(narrow: y.value.l0 < 64 ? x.value.l0 << y.value.l0 : 0, x.tag)
            }
        case .shr:
            return binary(i, shift: true) { x, y in
                guard x.isNarrow, y.tag == .u8 else { return nil }
                return Cell(narrow: y.value.l0 < 64 ? x.value.l0 >> y.value.l0 : 0, x.tag)
            }
        default: return .unusual
        }
    }

    /// Two sources, whose tags are equal unless it is a shift, and a destination. nil: no shortcut.
    @inline(__always)
    private func binary(
        _ i: UnsafeMutablePointer<Instruction>, shift: Bool = false, _ combine: (Cell, Cell) -> Cell?
    ) -> Result {
        let modes = UInt64(i.pointee.modes)
        let base = base(modes)
        guard let a = cell(address(i.pointee.a, 0, modes, base)), let b = cell(address(i.pointee.b, 1, modes, base)),
            let target = destination(address(i.pointee.c, 2, modes, base)), shift || a.pointee.tag == b.pointee.tag,
            let result = combine(a.pointee, b.pointee)
        else { return .unusual }
        target.pointee = result
        return .done
    }
}

extension Cell {
    /// U1…U64.
    @inline(__always)
    var isNarrow: Bool { tag.rawValue &- 1 < 5 }

    /// Wraps to the width of a narrow tag.
    @inline(__always)
    init(narrow value: UInt64, _ tag: Tag) {
        self.init(value: Limbs4(value & tag.narrowMask, 0, 0, 0), tag: tag)
    }

    @inline(__always)
    init(low: UInt64, high: UInt64, _ tag: Tag) { self.init(value: Limbs4(low, high, 0, 0), tag: tag) }
}

extension Tag {
    /// The bits of a narrow tag's values. Precondition: U1…U64.
    @inline(__always)
    var narrowMask: UInt64 {
        // A byte for every tag: 64 less its width.
        .max >> (0x0020_3038_3f00 >> (8 * UInt64(rawValue)) & 63)
    }
}
