internal import CUV

/// A program to start, with exactly what it gets.
public struct SpawnRequest: Sendable {
    /// Path of the program; no search in PATH when it has a slash.
    public var program: String
    /// All arguments, the program's name first.
    public var arguments: [String]
    /// `KEY=value` strings; the child gets these and no others.
    public var environment: [String]
    /// Descriptor `i` of the child is a copy of `descriptors[i]`; `nil` leaves it closed (0, 1 and 2: /dev/null).
    /// Descriptors of this process outside the list reach the child only if they lack close-on-exec.
    public var descriptors: [Int32?]
    public var workingDirectory: String?

    public init(program: String, arguments: [String], environment: [String] = [], descriptors: [Int32?] = [nil, 1, 2], workingDirectory: String? = nil) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.descriptors = descriptors
        self.workingDirectory = workingDirectory
    }
}

/// How a child ended.
public enum ProcessExit: Equatable, Sendable, CustomStringConvertible {
    case code(Int)
    case signal(Int)

    public var description: String {
        switch self {
        case .code(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}

extension EventLoop {
    /// Starts a child; `onExit` runs once, after it has been reaped. Throws if the program could not be executed.
    @discardableResult
    public func spawn(_ request: SpawnRequest, onExit: @escaping (ProcessExit) -> Void) throws(EventLoopError) -> LoopProcess {
        let process = LoopProcess(onExit)
        let handle = process.memory.assumingMemoryBound(to: uv_process_t.self)
        var arguments = CStrings(request.arguments)
        var environment = CStrings(request.environment)
        defer {
            arguments.free()
            environment.free()
        }
        var stdio = request.descriptors.map { descriptor in
            var container = uv_stdio_container_t()
            container.flags = descriptor == nil ? UV_IGNORE : UV_INHERIT_FD
            container.data.fd = descriptor ?? -1
            return container
        }
        let code = request.program.withCString { program in
            stdio.withUnsafeMutableBufferPointer { stdio in
                arguments.pointers.withUnsafeMutableBufferPointer { arguments in
                    environment.pointers.withUnsafeMutableBufferPointer { environment in
                        var options = uv_process_options_t()
                        options.exit_cb = { handle, status, signal in
                            guard let handle else { return }
                            let process = LoopHandle.from(handle) as! LoopProcess
                            process.exit = signal != 0 ? .signal(Int(signal)) : .code(Int(status))
                            let onExit = process.onExit
                            process.cancel()
                            if let exit = process.exit { onExit?(exit) }
                        }
                        options.file = program
                        options.args = arguments.baseAddress
                        options.env = environment.baseAddress
                        options.stdio_count = Int32(stdio.count)
                        options.stdio = stdio.baseAddress
                        guard let directory = request.workingDirectory else { return uv_spawn(raw, handle, &options) }
                        return directory.withCString {
                            options.cwd = $0
                            return uv_spawn(raw, handle, &options)
                        }
                    }
                }
            }
        }
        // Also a failed uv_spawn leaves an initialised handle, which must be closed through the loop.
        process.adopt()
        if code < 0 {
            process.cancel()
            throw EventLoopError(operation: "starting \(request.program)", code: code)
        }
        process.processID = handle.pointee.pid
        return process
    }
}

/// A child process of this loop.
public final class LoopProcess: LoopHandle {
    var onExit: ((ProcessExit) -> Void)?
    public internal(set) var processID: Int32 = 0
    /// Set once it has been reaped.
    public internal(set) var exit: ProcessExit?

    init(_ onExit: @escaping (ProcessExit) -> Void) {
        self.onExit = onExit
        super.init(kind: UV_PROCESS)
    }

    /// Sends a signal unless it has already been reaped, so the number cannot have passed to another process.
    public func signal(_ number: Int32) {
        guard exit == nil, !isCancelled else { return }
        uv_process_kill(memory.assumingMemoryBound(to: uv_process_t.self), number)
    }

    override func release() { onExit = nil }
}

/// A NULL-terminated array of C strings.
struct CStrings {
    var pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { text in
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            return copy
        }
        pointers.append(nil)
    }

    mutating func free() {
        for pointer in pointers { pointer?.deallocate() }
        pointers = []
    }
}
