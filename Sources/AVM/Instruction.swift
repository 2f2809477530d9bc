/// A decoded instruction, 32 bytes. `next` and `target` remember where control went from here, as slots of the
/// program; 0 until it went there once.
struct Instruction {
    var operation: Operation
    /// Of SET and CAST.
    var tag: Tag
    /// Two bits per address: bit 2i indirect, bit 2i+1 relative.
    var modes: UInt16
    var pc: UInt32
    var next: UInt32
    var target: UInt32
    /// Addresses 0…3, or address 0 and an immediate in the upper half.
    private var low: UInt64
    /// Addresses 4…6, and the base gas charged before the instruction looks at anything.
    private var high: UInt64

    init(operation: Operation, pc: UInt32) {
        self.operation = operation
        tag = .field
        modes = 0
        self.pc = pc
        next = 0
        target = 0
        low = 0
        high = 0
    }

    static let maximumAddresses = 7

    mutating func setAddress(_ index: Int, _ address: UInt16) {
        precondition(index < Self.maximumAddresses)
        if index < 4 { low |= UInt64(address) << (16 * UInt64(index)) } else { high |= UInt64(address) << (16 * UInt64(index - 4)) }
    }

    @inline(__always) var a: UInt16 { UInt16(truncatingIfNeeded: low) }
    @inline(__always) var b: UInt16 { UInt16(truncatingIfNeeded: low >> 16) }
    @inline(__always) var c: UInt16 { UInt16(truncatingIfNeeded: low >> 32) }
    @inline(__always) var d: UInt16 { UInt16(truncatingIfNeeded: low >> 48) }
    @inline(__always) var e: UInt16 { UInt16(truncatingIfNeeded: high) }
    @inline(__always) var f: UInt16 { UInt16(truncatingIfNeeded: high >> 16) }
    @inline(__always) var g: UInt16 { UInt16(truncatingIfNeeded: high >> 32) }

    /// Charged first; 0 where the operation charges by itself.
    @inline(__always)
    var gas: Int64 {
        get { Int64(high >> 48) }
        set { high = high & 0xffff_ffff_ffff | UInt64(newValue) << 48 }
    }

    /// Of the operations with at most two addresses that do not jump.
    @inline(__always)
    var immediate: UInt64 {
        get { low >> 32 | UInt64(target) << 32 }
        set {
            low = low & 0xffff_ffff | newValue << 32
            target = UInt32(truncatingIfNeeded: newValue >> 32)
        }
    }
}
