import Glibc

/// A program under test: started with exact arguments, its output kept in a file, ended when this object goes.
public final class ChildProcess {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let id: pid_t
    public let outputPath: String
    private var status: Int32?

    /// Directory of the running executable: the other products stand beside it.
    public static var siblingDirectory: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    public init(_ program: String, _ arguments: [String], environment: [String] = [], output: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer {
            for pointer in argv + envp { free(pointer) }
        }
        var id: pid_t = 0
        let code = posix_spawn(&id, program, &actions, nil, &argv, &envp)
        guard code == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(code)))") }
        self.id = id
        outputPath = output
    }

    deinit { stop() }

    /// Exit status as `waitpid` gives it; nil while it runs.
    public func poll() -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        if waitpid(id, &raw, WNOHANG) == id { status = raw }
        return status
    }

    public func signal(_ number: Int32) { if poll() == nil { kill(id, number) } }

    /// SIGTERM, then SIGKILL after `seconds`.
    public func stop(within seconds: Double = 15) {
        signal(SIGTERM)
        let end = Self.now + seconds
        while poll() == nil, Self.now < end { usleep(20_000) }
        if poll() == nil {
            kill(id, SIGKILL)
            var raw: Int32 = 0
            waitpid(id, &raw, 0)
            status = raw
        }
    }

    /// Steady seconds.
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
