import Configuration
import Diagnostics

/// The worker's log output, from the configuration it was given: its environment is empty.
enum WorkerLogging {
    static func configure(kind: String, index: Int, bytes: [UInt8]) throws {
        let configuration = try ResolvedConfiguration(serialized: bytes)
        var log = try LogConfiguration(environment: { configuration.settings[$0]?.text })
        if index > 0 { log.context = [("worker", .string("\(kind).\(index)"))] }
        LogOutput.configure(log)
    }
}
