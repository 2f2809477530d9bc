import Bytes
import ConformanceKit
import Field
import Glibc
import JSON
import Protocol
import Synchronization

/// Clients that have a node simulate the recorded transactions over and over, each on a thread of its own. The first
/// answers, given undisturbed, are what all later ones are compared with.
final class SimulationLoad: Sendable {
    private struct State {
        var expected: [[UInt8]]
        var learned = 0
        var answers = 0
        var differences: [String] = []
        var isStopping = false
        var threads = 0
    }

    private let port: UInt16
    private let requests: [[UInt8]]
    private let state: Mutex<State>

    static func transactions(_ recording: String) -> String? {
        let path = recording + "/txs.jsonl.gz"
        return Vectors.exists(path) ? path : nil
    }

    /// Transactions of the file that have public calls, as if they came now.
    init(_ path: String, port: Int, limit: Int = 40) throws {
        self.port = UInt16(port)
        var requests: [[UInt8]] = []
        let lines = try Vectors.lines(path)
        // From all over the file: its parts are of different kinds.
        for place in lines.indices where place % max(1, lines.count / limit) == 0 {
            let line = lines[place]
            guard let bytes = try JSONDocument.parse(Array(line)).root["tx"]?.string.flatMap({ Hex.decode($0) }) else { continue }
            guard let tx = Self.unspent(try Tx(exactly: bytes)) else { continue }
            requests.append(Array("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"node_simulatePublicCalls\",\"params\":[".utf8) + tx.jsonBytes + Array(",true]}".utf8))
        }
        self.requests = requests
        state = Mutex(State(expected: Array(repeating: [], count: requests.count)))
    }

    /// The transaction with nullifiers that no block has: else most would end before they call anything.
    private static func unspent(_ tx: Tx) -> Tx? {
        guard case .forPublic(var parts) = tx.data.destination else { return nil }
        func move(_ list: inout PaddedList<Fr>) {
            for place in list.items.indices where list[place] != .zero { list[place] = list[place] + Fr(1 << 40) }
        }
        move(&parts.nonRevertibleAccumulatedData.effects.nullifiers)
        move(&parts.revertibleAccumulatedData.effects.nullifiers)
        var tx = tx
        tx.data.destination = .forPublic(parts)
        return tx
    }

    // MARK: What the owner asks

    var count: Int { requests.count }
    var isLearned: Bool { state.withLock { $0.learned == requests.count } }
    /// First answers with a result.
    var results: Int { state.withLock { $0.expected.count { String(decoding: $0, as: UTF8.self).contains("\"result\":{") } } }
    /// Answers since then.
    var answers: Int { state.withLock { $0.answers } }
    var differences: [String] { state.withLock { $0.differences } }
    var hasEnded: Bool { state.withLock { $0.isStopping && $0.threads == 0 } }

    func stop() { state.withLock { $0.isStopping = true } }

    func start(clients: Int) throws {
        state.withLock { $0.threads = clients }
        for client in 0..<clients {
            let box = Unmanaged.passRetained(Client(load: self, number: client, of: clients))
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { argument in
                let client = Unmanaged<Client>.fromOpaque(argument!).takeRetainedValue()
                client.load.run(client.number, of: client.of)
                return nil
            }, box.toOpaque())
            guard code == 0 else { throw Stage.Failure("starting a thread: \(String(cString: strerror(code)))") }
            pthread_detach(thread)
        }
    }

    private final class Client {
        let load: SimulationLoad
        let number: Int
        let of: Int

        init(load: SimulationLoad, number: Int, of: Int) {
            (self.load, self.number, self.of) = (load, number, of)
        }
    }

    // MARK: On the threads

    private func run(_ client: Int, of clients: Int) {
        let probe = HTTPProbe(port: port)
        defer { state.withLock { $0.threads -= 1 } }
        for place in stride(from: client, to: requests.count, by: clients) {
            let answer = ask(probe, place)
            state.withLock { state in
                state.expected[place] = answer
                state.learned += 1
            }
        }
        while !isLearned { usleep(1000) }
        var dice = Dice(seed: UInt64(client + 1))
        while !state.withLock({ $0.isStopping }) {
            let place = dice.roll(0...(requests.count - 1))
            let answer = ask(probe, place)
            state.withLock { state in
                state.answers += 1
                if answer != state.expected[place] {
                    state.differences.append("transaction \(place): \(String(decoding: answer.prefix(300), as: UTF8.self)), expected \(String(decoding: state.expected[place].prefix(300), as: UTF8.self))")
                }
            }
        }
    }

    private func ask(_ probe: HTTPProbe, _ place: Int) -> [UInt8] {
        do { return try probe.post("/", requests[place]).body } catch { return Array("no answer: \(error)".utf8) }
    }
}
