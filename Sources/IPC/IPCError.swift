import Glibc

/// Something about shared memory or process plumbing failed or was not as agreed.
public struct IPCError: Error, Equatable, Sendable, CustomStringConvertible {
    public var reason: String
    /// errno of the failed call; 0 where no call failed but a check did.
    public var code: Int32

    public init(_ reason: String, code: Int32 = 0) {
        self.reason = reason
        self.code = code
    }

    public var description: String { code == 0 ? reason : "\(reason): \(String(cString: strerror(code)))" }

    /// For shims that return -errno.
    @discardableResult
    static func check(_ result: Int32, _ reason: @autoclosure () -> String) throws(IPCError) -> Int32 {
        if result < 0 { throw IPCError(reason(), code: -result) }
        return result
    }
}
