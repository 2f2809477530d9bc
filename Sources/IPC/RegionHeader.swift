import Synchronization

/// The first 64 bytes of every shared region: what it is, and in which layout.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | magic «QTZLREGN» |
/// | 8 | 4 | version of this header, 1 |
/// | 12 | 4 | kind (`RegionKind`) |
/// | 16 | 8 | layout hash: everything both sides must agree on |
/// | 24 | 8 | generation: incarnation of the region's writer, written by it when it joins |
/// | 32 | 8 | bytes of the region |
///
/// Little-endian, as the machine is. Written once by the supervisor before anyone else sees it, except the generation.
public enum RegionHeader {
    public static let bytes = 64
    static let magic: UInt64 = 0x4e47_4552_4c5a_5451  // "QTZLREGN"
    static let version: UInt64 = 1
    static let generationOffset = 24

    /// Creates a region and writes its header.
    public static func create(name: String, kind: RegionKind, count: Int, layoutHash: UInt64) throws(IPCError) -> SharedFile {
        let file = try SharedFile(name: name, count: count)
        let mapping = try Mapping(file.descriptor, count: count, writable: true)
        mapping.word(8).pointee.store(version | UInt64(kind.rawValue) << 32, ordering: .relaxed)
        mapping.word(16).pointee.store(layoutHash, ordering: .relaxed)
        mapping.word(32).pointee.store(UInt64(count), ordering: .relaxed)
        mapping.word(0).pointee.store(magic, ordering: .releasing)
        return file
    }

    /// Maps a region and checks that it is what both sides agreed on.
    public static func join(_ descriptor: Int32, kind: RegionKind, count: Int, layoutHash: UInt64, writable: Bool) throws(IPCError) -> Mapping {
        let mapping = try Mapping(descriptor, count: count, writable: writable)
        guard mapping.word(0).pointee.load(ordering: .acquiring) == magic else { throw IPCError("descriptor \(descriptor) is no Quetzal region") }
        let found = mapping.word(8).pointee.load(ordering: .relaxed)
        guard found == version | UInt64(kind.rawValue) << 32 else {
            throw IPCError("region of version \(found & 0xffff_ffff), kind \(found >> 32) where version \(version), kind \(kind.rawValue) is expected")
        }
        guard mapping.word(16).pointee.load(ordering: .relaxed) == layoutHash else {
            throw IPCError("region of another layout: the two programs are of different builds")
        }
        guard mapping.word(32).pointee.load(ordering: .relaxed) == UInt64(count) else { throw IPCError("region states another size than it has") }
        return mapping
    }
}

public enum RegionKind: UInt32, Sendable {
    case ring = 1, worker = 2, bells = 3, board = 4
}

/// FNV-1a over a layout's description: equal for equal text, so a changed field, size or schema refuses to attach.
public func layoutHash(_ description: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
    return hash
}
