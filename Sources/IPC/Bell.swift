internal import CLinux
import Synchronization

/// Wake-up of a worker that sleeps: a word in a region that all workers may write, and an eventfd.
///
/// | offset in the worker's 128 bytes | bytes | |
/// |---|---|---|
/// | 0 | 8 | how it sleeps: 0 awake, 1 in poll on its eventfd, 2 on the futex |
/// | 64 | 4 | futex word, counted up by whoever wakes it |
///
/// A peer that writes garbage here costs the worker a spurious wake-up or a late one: every sleep has a time limit.
public final class Bell {
    public static let bytes = 128
    static let layout = "bells 1: state@0 futex@64 of 128"

    private let mapping: Mapping
    private let state: UnsafeMutablePointer<Atomic<UInt64>>
    private let futex: UnsafeMutablePointer<Atomic<UInt32>>
    /// The worker's eventfd.
    public let event: Int32

    public enum Sleep: UInt64, Sendable { case event = 1, futex = 2 }

    public init(_ mapping: Mapping, slot: Int, event: Int32) throws(IPCError) {
        guard slot >= 0, Self.offset(slot) + Self.bytes <= mapping.count else { throw IPCError("no bell for worker slot \(slot)") }
        self.mapping = mapping
        self.event = event
        state = mapping.word(Self.offset(slot))
        futex = (mapping.base + Self.offset(slot) + 64).assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    static func offset(_ slot: Int) -> Int { (slot + 1) * bytes }
    static func regionBytes(slots: Int) -> Int { (offset(slots) + 4095) & ~4095 }

    public static func create(slots: Int) throws(IPCError) -> SharedFile {
        try RegionHeader.create(name: "quetzal-bells", kind: .bells, count: regionBytes(slots: slots), layoutHash: layoutHash(layout))
    }

    public static func join(_ descriptor: Int32, slots: Int) throws(IPCError) -> Mapping {
        try RegionHeader.join(descriptor, kind: .bells, count: regionBytes(slots: slots), layoutHash: layoutHash(layout), writable: true)
    }

    /// By anyone, after publishing (or advancing, for a starved producer). A system call only if the worker sleeps.
    ///
    /// The fence orders the publish before the look at the sleeper's state; `arm` has the mirror image (state, fence, look
    /// at the rings). One of the two sees the other's write.
    @inline(__always)
    public func ring() {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        if state.pointee.load(ordering: .relaxed) != 0 { wake() }
    }

    @inline(never)
    private func wake() {
        switch state.pointee.exchange(0, ordering: .acquiringAndReleasing) {
        case Sleep.event.rawValue: ql_event_signal(event)
        case 0: break  // somebody else does it
        default:
            futex.pointee.wrappingAdd(1, ordering: .releasing)
            ql_futex_wake(UnsafeRawPointer(futex).assumingMemoryBound(to: UInt32.self))
        }
    }

    /// By the owner, before it sleeps. Afterwards it must look at its rings once more.
    public func arm(_ sleep: Sleep) {
        state.pointee.store(sleep.rawValue, ordering: .relaxed)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
    }

    public func disarm() { state.pointee.store(0, ordering: .relaxed) }

    /// By the owner: forgets wake-ups that came through the eventfd.
    public func drain() { ql_event_drain(event) }

    /// Sleeps on the futex if `isIdle` still holds after arming, at most `limit`.
    public func sleep(limit: UInt64, unless hasWork: () -> Bool) {
        let before = futex.pointee.load(ordering: .acquiring)
        arm(.futex)
        if !hasWork() { ql_futex_wait(UnsafeRawPointer(futex).assumingMemoryBound(to: UInt32.self), before, limit) }
        disarm()
    }
}

/// Creates an eventfd for a bell; close-on-exec, non-blocking.
public func makeEventDescriptor() throws(IPCError) -> Int32 { try IPCError.check(ql_event(), "creating an eventfd") }
