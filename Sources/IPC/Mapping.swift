internal import CLinux
import Glibc
import Synchronization

/// Shared memory mapped into this process. Unmapped with the last reference; whoever keeps pointers keeps the mapping.
public final class Mapping {
    public let base: UnsafeMutableRawPointer
    public let count: Int
    public let isWritable: Bool

    /// Maps exactly `count` bytes. Refuses a descriptor whose size is another or is not sealed: such memory could be
    /// cut away under the reader.
    public init(_ descriptor: Int32, count: Int, writable: Bool) throws(IPCError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw IPCError("reading the size of descriptor \(descriptor)", code: errno) }
        guard status.st_size == count else { throw IPCError("shared memory has \(status.st_size) bytes where \(count) are expected") }
        guard ql_seals(descriptor) & 1 == 1 else { throw IPCError("shared memory whose size is not sealed") }
        guard let base = mmap(nil, count, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            throw IPCError("mapping shared memory", code: errno)
        }
        self.base = base
        self.count = count
        isWritable = writable
    }

    deinit { munmap(base, count) }

    /// The 8-byte word at an aligned offset inside the mapping, as an atomic. The memory is never used as another type.
    @inlinable
    public func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        precondition(offset >= 0 && offset & 7 == 0 && offset <= count - 8, "word outside the mapping")
        return (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}
