import Field

/// One memory cell: a tag and a value, inline. An integral value is itself, in the two low limbs; a FIELD is in
/// Montgomery form; a negative FIELD is its magnitude. All bits zero is FIELD 0, what an unwritten cell reads as.
struct Cell: Equatable {
    var value: Limbs4
    var tag: Tag

    @inline(__always)
    init(value: Limbs4, tag: Tag) {
        self.value = value
        self.tag = tag
    }

    @inline(__always)
    init(_ field: Fr) { self.init(value: field.montgomery, tag: .field) }

    @inline(__always)
    init(_ bit: Bool) { self.init(value: Limbs4(bit ? 1 : 0, 0, 0, 0), tag: .u1) }

    @inline(__always)
    init(u8 value: UInt8) { self.init(value: Limbs4(UInt64(value), 0, 0, 0), tag: .u8) }

    @inline(__always)
    init(u32 value: UInt32) { self.init(value: Limbs4(UInt64(value), 0, 0, 0), tag: .u32) }

    @inline(__always)
    init(u64 value: UInt64) { self.init(value: Limbs4(value, 0, 0, 0), tag: .u64) }

    @inline(__always)
    static var zero: Cell { Cell(value: .zero, tag: .field) }

    /// The low bits of `integer` as the tag holds them; a FIELD takes it whole. Precondition: below p for FIELD.
    @inline(__always)
    init(truncating integer: Limbs4, to tag: Tag) {
        if tag.isField {
            self.init(Fr(unchecked: integer))
        } else {
            let mask = tag.mask
            self.init(value: Limbs4(integer.l0 & mask.low, integer.l1 & mask.high, 0, 0), tag: tag)
        }
    }

    /// Precondition: U32.
    @inline(__always)
    var u32: UInt32 { UInt32(truncatingIfNeeded: value.l0) }

    /// The integer it stands for, its magnitude when negative.
    @inline(__always)
    var integer: Limbs4 { tag == .field ? Fr(montgomery: value).integer : value }

    /// The integer as a field element; nil for a negative one.
    @inline(__always)
    var field: Fr? {
        switch tag {
        case .field: Fr(montgomery: value)
        case .negativeField: nil
        default: Fr(unchecked: value)
        }
    }

    /// Whether a jump on it is taken. Zero is zero in every form.
    @inline(__always)
    var isZero: Bool { value.isZero }
}
