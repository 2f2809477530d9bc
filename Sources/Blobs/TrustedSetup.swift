import Glibc
import Hashing

/// The public data of Ethereum's KZG ceremony: 4096 points of G1 in Lagrange form, 65 powers in G2 and 4096
/// powers in G1. On disk (`etc/trusted-setup/mainnet.bin`) the compressed points one after another, in that
/// order and nothing else. The digest pins the contents, so the points' subgroup is not checked again.
public struct TrustedSetup: Sendable {
    public static let fileName = "etc/trusted-setup/mainnet.bin"
    public static let byteCount = 4096 * 48 + 65 * 96 + 4096 * 48
    static let digest: [UInt8] = [
        0x60, 0x8a, 0xc7, 0x20, 0xba, 0x55, 0xfc, 0x77, 0xf6, 0x5d, 0x15, 0x53, 0x91, 0x02, 0x0f, 0xc5,
        0xb0, 0x50, 0x1d, 0xb2, 0x66, 0xa3, 0xe3, 0x60, 0xe7, 0x34, 0xd6, 0xc0, 0xdb, 0x0d, 0xfa, 0xe3,
    ]

    package let bytes: [UInt8]

    public init(bytes: [UInt8]) throws(KZGError) {
        guard bytes.count == TrustedSetup.byteCount else {
            throw .setup("\(bytes.count) bytes instead of \(TrustedSetup.byteCount)")
        }
        guard SHA256.hash(bytes) == TrustedSetup.digest else { throw .setup("the contents are not those of the ceremony") }
        self.bytes = bytes
    }

    public init(path: String) throws(KZGError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .setup("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        // One byte more than it may have, so that a longer file is seen as such.
        var bytes = [UInt8](repeating: 0, count: TrustedSetup.byteCount + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + filled, $0.count - filled) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .setup("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            filled += count
        }
        bytes.removeLast(bytes.count - filled)
        try self.init(bytes: bytes)
    }

    /// The file by `QUETZAL_TRUSTED_SETUP`, or the first `etc/trusted-setup/mainnet.bin` found going up from
    /// the executable (or its `../share/quetzal`) and from the working directory.
    public static func find() throws(KZGError) -> TrustedSetup {
        if let path = getenv("QUETZAL_TRUSTED_SETUP") { return try TrustedSetup(path: String(cString: path)) }
        for start in [executableDirectory(), workingDirectory()] {
            var directory = start[...]
            while true {
                for prefix in [directory + "/", directory + "/share/quetzal/"] where access(prefix + fileName, R_OK) == 0 {
                    return try TrustedSetup(path: prefix + fileName)
                }
                guard let slash = directory.lastIndex(of: "/") else { break }
                directory = directory[..<slash]
            }
        }
        throw .setup("no \(fileName) above the executable or the working directory; QUETZAL_TRUSTED_SETUP may name it")
    }

    private static func executableDirectory() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer[..<max(count, 0)], as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func workingDirectory() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        guard getcwd(&buffer, buffer.count) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Compressed Lagrange point of an index in natural order of the roots of unity.
    package func lagrange(_ index: Int) -> [UInt8] { Array(bytes[(index * 48)..<(index * 48 + 48)]) }

    /// Compressed [τ^power]G2.
    package func powerG2(_ power: Int) -> [UInt8] {
        let start = 4096 * 48 + power * 96
        return Array(bytes[start..<(start + 96)])
    }

    /// Compressed [τ^power]G1.
    package func powerG1(_ power: Int) -> [UInt8] {
        let start = 4096 * 48 + 65 * 96 + power * 48
        return Array(bytes[start..<(start + 48)])
    }
}
