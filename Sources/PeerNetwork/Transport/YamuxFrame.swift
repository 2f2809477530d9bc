/// A yamux header: 12 bytes, big-endian («note 07 §3.5»).
struct YamuxFrame {
    static let headerBytes = 12

    enum Kind: UInt8 { case data = 0, windowUpdate = 1, ping = 2, goAway = 3 }

    struct Flags: OptionSet {
        var rawValue: UInt16
        static let syn = Flags(rawValue: 1)
        static let ack = Flags(rawValue: 2)
        static let fin = Flags(rawValue: 4)
        static let reset = Flags(rawValue: 8)
    }

    var kind: Kind
    var flags: Flags
    var id: UInt32
    /// Payload bytes, window delta, ping value or go-away code.
    var length: UInt32

    init(_ kind: Kind, _ flags: Flags, _ id: UInt32, _ length: UInt32) {
        self.kind = kind
        self.flags = flags
        self.id = id
        self.length = length
    }

    /// From 12 bytes.
    init(parsing bytes: ArraySlice<UInt8>) throws(MuxerEnd) {
        let at = bytes.startIndex
        guard bytes[at] == 0 else { throw .protocolError("yamux: version \(bytes[at])") }
        guard let kind = Kind(rawValue: bytes[at + 1]) else { throw .protocolError("yamux: frame type \(bytes[at + 1])") }
        func word(_ offset: Int) -> UInt32 { bytes[(at + offset)..<(at + offset + 4)].reduce(0) { $0 << 8 | UInt32($1) } }
        self.init(kind, Flags(rawValue: UInt16(bytes[at + 2]) << 8 | UInt16(bytes[at + 3])), word(4), word(8))
    }

    var header: FrameHeader {
        var header = FrameHeader()
        header.append(UInt8(0))
        header.append(kind.rawValue)
        header.append(flags.rawValue)
        header.append(id)
        header.append(length)
        return header
    }
}
