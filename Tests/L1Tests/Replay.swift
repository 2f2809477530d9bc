import Foundation
import L1
import Synchronization

/// The replay server of the golden data, as a child process.
final class Replay: Sendable {
    let address: HTTPAddress
    let text: String
    private static let children = Mutex<[Int32]>([])
    private static let cleansUp: Void = { atexit { Replay.children.withLock { $0 }.forEach { kill($0, SIGKILL) } } }()

    init?(_ recording: String, _ arguments: [String] = []) {
        guard let directory = Golden.directory else { return nil }
        Self.cleansUp
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", directory + "/../tools/l1-replay.py", directory + "/chain/" + recording, "--port", "0"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        do { try process.run() } catch { return nil }
        Self.children.withLock { $0.append(process.processIdentifier) }
        var line = Data()
        while true {
            let byte = pipe.fileHandleForReading.readData(ofLength: 1)
            if byte.isEmpty || byte[0] == 10 { break }
            line += byte
        }
        guard let json = try? JSONSerialization.jsonObject(with: line) as? [String: Any], let listening = json["listening"] as? String,
              let address = HTTPAddress(listening) else { return nil }
        self.address = address
        text = listening
    }

    /// Two servers of the main recording: one that gets the faults, one that stays well (and takes short log ranges only).
    static let faulty = Replay("main")
    static let healthy = Replay("main", ["--max-log-range", "16"])
    /// Faults of blob sources; suites run side by side.
    static let faultyBlobs = Replay("main")
    static let twoBlobs = Replay("two-blobs")

    var sink: HTTPAddress { HTTPAddress(text + "/blobsink")! }
    var beacon: HTTPAddress { HTTPAddress(text + "/beacon")! }

    @discardableResult
    @LoopActor func control(_ json: String, _ http: HTTPClient) async throws -> [String: Any] {
        let outcome = await http.send(HTTPRequest(.post, HTTPAddress(text + "/control")!, body: Array(json.utf8)))
        return try JSONSerialization.jsonObject(with: Data(try outcome.get().body)) as? [String: Any] ?? [:]
    }
}
