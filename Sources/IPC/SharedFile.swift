internal import CLinux
import Glibc

/// A memfd: shared memory that exists as long as somebody has a descriptor or a mapping of it. Its size is sealed, so a
/// mapping of it can never fault.
///
/// Owns two descriptors, both close-on-exec: one that may be mapped for writing, and one that the kernel refuses to map so.
/// A process that gets only the second cannot write the memory, whatever it does.
public final class SharedFile {
    public let name: String
    public let count: Int
    public let descriptor: Int32
    public let readOnlyDescriptor: Int32

    /// Zero-filled memory of `count` bytes.
    public convenience init(name: String, count: Int) throws(IPCError) {
        let descriptor = try IPCError.check(ql_memory_file(name, UInt64(count)), "creating shared memory «\(name)» of \(count) bytes")
        try self.init(name: name, count: count, sealing: descriptor, contents: false)
    }

    /// Memory with these bytes that nobody can change any more.
    public convenience init(name: String, frozen bytes: [UInt8]) throws(IPCError) {
        let descriptor = try IPCError.check(ql_memory_file(name, UInt64(bytes.count)), "creating shared memory «\(name)»")
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(done)) }
            if written < 0 && errno == EINTR { continue }
            if written <= 0 {
                let code = errno
                close(descriptor)
                throw IPCError("filling shared memory «\(name)»", code: code)
            }
            done += written
        }
        try self.init(name: name, count: bytes.count, sealing: descriptor, contents: true)
    }

    private init(name: String, count: Int, sealing descriptor: Int32, contents: Bool) throws(IPCError) {
        self.name = name
        self.count = count
        self.descriptor = descriptor
        let sealed = ql_seal(descriptor, contents ? 1 : 0)
        let readOnly = sealed < 0 ? -1 : open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC)
        readOnlyDescriptor = readOnly
        if sealed < 0 { throw IPCError("sealing shared memory «\(name)»", code: -sealed) }
        if readOnly < 0 { throw IPCError("reopening shared memory «\(name)» read-only", code: errno) }
    }

    deinit {
        close(descriptor)
        if readOnlyDescriptor >= 0 { close(readOnlyDescriptor) }
    }

    /// All bytes of a frozen file behind a descriptor that was handed over; refuses one that can still change.
    public static func readFrozen(_ descriptor: Int32, limit: Int) throws(IPCError) -> [UInt8] {
        guard ql_seals(descriptor) == 3 else { throw IPCError("descriptor \(descriptor) is not a sealed memory file") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw IPCError("reading the size of descriptor \(descriptor)", code: errno) }
        guard status.st_size <= limit else { throw IPCError("memory file of \(status.st_size) bytes where at most \(limit) are expected") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(done)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw IPCError("reading descriptor \(descriptor)", code: errno) }
            done += count
        }
        return bytes
    }
}
