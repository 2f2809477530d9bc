/// Writes log lines of one module (names of note 08 §8: `archiver`, `world_state`, `cli`, …) to stderr.
///
/// Message and data are built only when the level is on. Libraries stay at `info` or below.
public struct Logger: Sendable {
    public let module: String

    public init(_ module: String) { self.module = module }

    public func isOn(_ level: LogLevel) -> Bool { LogOutput.isOn(level, module: module) }

    public func log(_ level: LogLevel, _ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) {
        guard isOn(level) else { return }
        LogOutput.write(level, module: module, message: message(), data: data().map { ($0.key, $0.value) })
    }

    public func fatal(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.fatal, message(), data()) }
    public func error(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.error, message(), data()) }
    public func warn(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.warn, message(), data()) }
    public func info(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.info, message(), data()) }
    public func verbose(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.verbose, message(), data()) }
    public func debug(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.debug, message(), data()) }
    public func trace(_ message: @autoclosure () -> String, _ data: @autoclosure () -> KeyValuePairs<String, LogValue> = [:]) { log(.trace, message(), data()) }
}
