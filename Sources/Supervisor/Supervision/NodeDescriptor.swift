import Glibc
import IPC

/// The small file by which commands find a running node: `supervisor` in the data directory, 48 bytes, little-endian.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 8 | magic «QTZLNODE» |
/// | 8 | 4 | version, 1 |
/// | 12 | 4 | process id of the supervisor |
/// | 16 | 8 | its start time in clock ticks since boot: a process id alone may have passed to another process |
/// | 24 | 8 | layout hash of the board |
/// | 32 | 4 | descriptor of the board in that process |
/// | 36 | 12 | zeros |
///
/// Commands open the board through `/proc/PID/fd`, which the kernel allows to the same user only. Frozen: the layout of
/// this file never changes but by growing.
public struct NodeDescriptor: Equatable, Sendable {
    public static let fileName = "supervisor"
    static let magic = Array("QTZLNODE".utf8)

    public var processID: Int32
    public var startTicks: UInt64
    public var layoutHash: UInt64
    public var board: Int32

    public init(processID: Int32, startTicks: UInt64, layoutHash: UInt64, board: Int32) {
        self.processID = processID
        self.startTicks = startTicks
        self.layoutHash = layoutHash
        self.board = board
    }

    public var encoded: [UInt8] {
        func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        return Self.magic + little(UInt32(1)) + little(UInt32(bitPattern: processID)) + little(startTicks) + little(layoutHash) + little(UInt32(bitPattern: board)) + [UInt8](repeating: 0, count: 12)
    }

    public init?(decoding bytes: [UInt8]) {
        func little<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
            var value: T = 0
            for i in (0..<MemoryLayout<T>.size).reversed() { value = value << 8 | T(truncatingIfNeeded: bytes[offset + i]) }
            return value
        }
        guard bytes.count >= 48, Array(bytes[..<8]) == Self.magic, little(8, UInt32.self) == 1 else { return nil }
        self.init(
            processID: Int32(bitPattern: little(12, UInt32.self)), startTicks: little(16, UInt64.self), layoutHash: little(24, UInt64.self),
            board: Int32(bitPattern: little(32, UInt32.self)))
    }

    /// Written beside and renamed over: a reader sees the old file or the new one.
    func write(to directory: String) throws(IPCError) {
        let path = directory + "/" + Self.fileName
        let file = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw IPCError("writing \(path)", code: errno) }
        let bytes = encoded
        let written = Glibc.write(file, bytes, bytes.count)
        close(file)
        guard written == bytes.count, rename(path + ".new", path) == 0 else { throw IPCError("writing \(path)", code: errno) }
    }

    /// The descriptor in a data directory, if its process still lives.
    public static func find(in directory: String) throws(IPCError) -> NodeDescriptor {
        let path = directory + "/" + fileName
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw IPCError(errno == ENOENT ? "no node runs on \(directory)" : "reading \(path)", code: errno == ENOENT ? 0 : errno) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(file, &bytes, bytes.count)
        guard let descriptor = NodeDescriptor(decoding: Array(bytes.prefix(max(0, count)))) else { throw IPCError("\(path) is not the descriptor of a node") }
        guard startTicks(of: descriptor.processID) == descriptor.startTicks else { throw IPCError("no node runs on \(directory) (its last one, process \(descriptor.processID), is gone)") }
        guard descriptor.layoutHash == Board.hash else { throw IPCError("the node on \(directory) is of another build; use the `aztec` it was started with") }
        return descriptor
    }

    /// Field 22 of /proc/PID/stat; the program's name in field 2 may contain anything, so count from its closing bracket.
    static func startTicks(of process: Int32) -> UInt64? {
        let file = open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 2048)
        let count = read(file, &bytes, bytes.count)
        guard count > 0, let bracket = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(bracket + 1)..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, fields[0] != [UInt8(ascii: "Z")] else { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }
}
