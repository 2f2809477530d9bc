internal import CUV

/// One libuv handle. The loop keeps it alive from creation until `cancel`, so a caller may drop the value it got.
///
/// Everything here belongs to the loop's thread. `cancel` is idempotent and may be called from the handle's own action.
public class LoopHandle {
    let memory: UnsafeMutableRawPointer
    private(set) public var isCancelled = false

    init(kind: uv_handle_type) {
        memory = UnsafeMutableRawPointer.allocate(byteCount: uv_handle_size(kind), alignment: 16)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: uv_handle_size(kind))
    }

    deinit { memory.deallocate() }

    /// Called after a successful `uv_*_init`: from here libuv refers to this object.
    final func adopt() {
        memory.assumingMemoryBound(to: uv_handle_t.self).pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    static func from(_ handle: UnsafeMutableRawPointer) -> LoopHandle {
        Unmanaged<LoopHandle>.fromOpaque(handle.assumingMemoryBound(to: uv_handle_t.self).pointee.data).takeUnretainedValue()
    }

    /// Stops it; its action will not run again. For a descriptor watch: cancel first, close the descriptor afterwards.
    public func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        release()
        uv_close(memory.assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let handle, let data = handle.pointee.data else { return }
            handle.pointee.data = nil
            Unmanaged<LoopHandle>.fromOpaque(data).release()
        }
    }

    /// Drops the action, which may hold the handle itself.
    func release() {}

    /// A handle that is not essential does not keep `run` going.
    public final var isEssential: Bool {
        get { uv_has_ref(memory.assumingMemoryBound(to: uv_handle_t.self)) != 0 }
        set {
            let handle = memory.assumingMemoryBound(to: uv_handle_t.self)
            newValue ? uv_ref(handle) : uv_unref(handle)
        }
    }
}
