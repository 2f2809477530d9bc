import ConformanceKit
import Glibc
import JSON

/// The real `aztec` of this build, on a data directory of its own.
final class NodeUnderTest {
    let process: ChildProcess
    let api: HTTPProbe
    let admin: HTTPProbe
    let dataDirectory: String

    init(_ recording: Recording, _ source: BlobSource, l1 port: UInt16, in directory: String) throws {
        let program = ChildProcess.siblingDirectory + "/aztec"
        guard Vectors.exists(program) else { throw Vectors.Failure("\(program) is missing: build it beside this tool") }
        let (publicPort, adminPort) = (FreePort.take(), FreePort.take())
        let base = "http://127.0.0.1:\(port)"
        dataDirectory = directory + "/data"
        let arguments = ["start", "--node", "--archiver", "--p2p.proofVerifier", "none", "--network", recording.directory, "--l1-rpc-urls", base] + source.arguments(base)
            + ["--data-directory", dataDirectory, "--port", "\(publicPort)", "--admin-port", "\(adminPort)"]
        print("aztec " + arguments.joined(separator: " "))
        process = try ChildProcess(
            program, arguments, environment: ["PATH=/usr/bin:/bin", "HOME=\(directory)", "XDG_RUNTIME_DIR=\(directory)", "ARCHIVER_POLLING_INTERVAL_MS=100"],
            output: directory + "/node.log")
        api = HTTPProbe(port: publicPort)
        admin = HTTPProbe(port: adminPort)
    }

    /// Result of a call without error.
    func call(_ method: String, _ parameters: String = "[]") throws -> JSONDocument {
        let request = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":\(parameters)}"
        return try JSONDocument.parse(api.post("/", Array(request.utf8)).body)
    }

    /// Waits until `condition` holds of what the node says; throws with the end of its log when it ends before or is late.
    func wait(_ what: String, seconds: Double, until condition: () throws -> Bool) throws {
        let end = ChildProcess.now + seconds
        while true {
            if let status = process.poll() { throw Vectors.Failure("the node ended (status \(status)) before \(what): \(logTail)") }
            // Refused connections and errors are those of a node that is still starting.
            if (try? condition()) == true { return }
            guard ChildProcess.now < end else { throw Vectors.Failure("no \(what) within \(Int(seconds)) s: \(logTail)") }
            usleep(20_000)
        }
    }

    /// The highest block, nil while the node does not say.
    func latest() throws -> Int? { try call("node_getL2Tips").root["result"]?["latest"]?["number"]?.int }

    private var logTail: String {
        let text = String(decoding: (try? Vectors.load(process.outputPath)) ?? [], as: UTF8.self)
        return text.split(separator: "\n").suffix(3).joined(separator: " | ")
    }
}
