/// The type of a memory cell («note 03 §2»). Raw values are those of the wire format, but for the last.
enum Tag: UInt8 {
    case field, u1, u8, u16, u32, u64, u128
    /// A FIELD cell whose integer is negative: what SET_64 makes of a FIELD immediate with its top bit set
    /// («note 03 §7.3»). Programs see a FIELD.
    case negativeField

    /// 1…128 of an integral tag; 0 of FIELD.
    @inline(__always)
    var bits: UInt64 {
        switch self {
        case .field, .negativeField: 0
        case .u1: 1
        case .u8: 8
        case .u16: 16
        case .u32: 32
        case .u64: 64
        case .u128: 128
        }
    }

    @inline(__always)
    var isField: Bool { self == .field || self == .negativeField }

    @inline(__always)
    var isIntegral: Bool { !isField }

    /// What a program can tell apart.
    @inline(__always)
    var visible: Tag { self == .negativeField ? .field : self }

    /// The bits that an integral value may have, of its low and high half.
    @inline(__always)
    var mask: (low: UInt64, high: UInt64) {
        switch self {
        case .u1: (1, 0)
        case .u8: (0xff, 0)
        case .u16: (0xffff, 0)
        case .u32: (0xffff_ffff, 0)
        case .u64: (.max, 0)
        default: (.max, .max)
        }
    }

    /// As the messages of the reference name it.
    var name: String {
        switch self {
        case .field, .negativeField: "FIELD"
        case .u1: "UINT1"
        case .u8: "UINT8"
        case .u16: "UINT16"
        case .u32: "UINT32"
        case .u64: "UINT64"
        case .u128: "UINT128"
        }
    }
}
