import Configuration
import Diagnostics
import Glibc
import IPC
import L1Replay
import Messages

/// Serves a recorded L1 to this node (`--network demo`): execution JSON-RPC and beacon API on a loopback port.
///
/// Links: none. State: the head's number in `replay-head` of the data directory, so that the L1 does not jump back when the
/// worker or the node starts again. On overload: slow answers. A restart repeats nothing.
final class ReplayWorker: Worker {
    private let context: WorkerContext
    private let configuration: ResolvedConfiguration
    private let chain: RecordedChain
    private let log = Logger("replay")
    private var server: ReplayServer?
    private var saved = 0

    init(_ context: WorkerContext) throws {
        self.context = context
        configuration = try ResolvedConfiguration(serialized: context.configuration)
        guard let recording = configuration.l1Replay else { throw WorkerFailure("--l1-replay (QUETZAL_L1_REPLAY) is not set", isPermanent: true) }
        do {
            chain = try RecordedChain(directory: recording)
        } catch {
            throw WorkerFailure("the recording for the embedded L1 cannot be used: \(error)", isPermanent: true)
        }
    }

    func start() throws {
        let url = configuration.l1RPCURLs.first ?? ""
        guard let colon = url.lastIndex(of: ":"), let port = UInt16(url[url.index(after: colon)...].prefix { $0.isNumber }) else {
            throw WorkerFailure("no port for the embedded L1 in \(url)", isPermanent: true)
        }
        let speed = configuration.l1ReplaySpeed
        // The first two thirds are history to sync, the rest comes while one looks on.
        let beginning = chain.last - (chain.last - chain.first) / 3
        let start = speed > 0 ? max(readHead() ?? chain.first, beginning) : nil
        server = try ReplayServer(chain, port: port, start: start, speed: speed > 0 ? speed : nil, loop: context.loop)
        log.info("embedded L1 on port \(port)", ["head": .integer(Int64(server?.head ?? 0)), "last": .integer(Int64(chain.last))])
    }

    func housekeeping(now: UInt64) {
        guard let head = server?.head, head > saved else { return }
        saved = head
        writeHead(head)
    }

    func writeMetrics(_ region: WorkerRegion) {
        guard let server else { return }
        region.set(.replayRequests, server.requestCount)
        region.set(.replayL1BlockHeight, server.head)
    }

    func shutdown(_ finished: @escaping () -> Void) {
        server?.stop()
        finished()
    }

    private var headPath: String? { configuration.dataDirectory.map { $0 + "/replay-head" } }

    private func readHead() -> Int? {
        guard let headPath else { return nil }
        let file = open(headPath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = read(file, &bytes, bytes.count)
        return Int(String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }

    private func writeHead(_ head: Int) {
        guard let headPath else { return }
        let file = open(headPath, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { return }
        // One short write at the front; heads only grow, so a shorter text never meets a longer one.
        let text = Array("\(head)\n".utf8)
        _ = pwrite(file, text, text.count, 0)
        close(file)
    }
}
