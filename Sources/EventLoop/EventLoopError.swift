internal import CUV

/// A libuv call failed. `code` is the negative errno that libuv returns.
public struct EventLoopError: Error, Equatable, Sendable, CustomStringConvertible {
    public var operation: String
    public var code: Int32

    public init(operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The positive errno value.
    public var errorNumber: Int32 { -code }
    public var description: String { "\(operation): \(String(cString: uv_strerror(code))) (\(String(cString: uv_err_name(code))))" }

    static func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(EventLoopError) {
        if code < 0 { throw EventLoopError(operation: operation(), code: code) }
    }
}
