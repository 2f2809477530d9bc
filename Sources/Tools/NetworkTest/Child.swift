import CLinux
import ConformanceKit
import EventLoop
import Glibc

/// A child of this program and the lines between us.
final class Child {
    let name: String
    let arguments: [String]
    let loop: EventLoop
    private(set) var isRunning = false
    private(set) var record = ""
    private(set) var peerID = ""
    private(set) var stats: [String: Double] = [:]
    private(set) var statsCount = 0
    private var process: LoopProcess?
    private var input: Int32 = -1
    private var reader: LineReader?

    init(_ loop: EventLoop, _ name: String, _ arguments: [String]) {
        self.loop = loop
        self.name = name
        self.arguments = arguments
    }

    func start() throws {
        var toChild: [Int32] = [-1, -1], fromChild: [Int32] = [-1, -1]
        guard ql_pipe(&toChild) == 0, ql_pipe(&fromChild) == 0 else { fail("no pipes") }
        let program = Self.programPath
        let environment = ["LOG_LEVEL=\(getenv("LOG_LEVEL").map { String(cString: $0) } ?? "warn")"]
        let reading = fromChild[0]
        process = try loop.spawn(SpawnRequest(program: program, arguments: [program] + arguments, environment: environment, descriptors: [toChild[0], fromChild[1], 2])) { [unowned self] exit in
            isRunning = false
            if exit != .code(0), exit != .signal(9) { writeLine(2, "\(name) ended: \(exit)") }
        }
        close(toChild[0])
        close(fromChild[1])
        if input >= 0 { close(input) }
        input = toChild[1]
        isRunning = true
        record = ""
        reader = try LineReader(loop, reading) { [unowned self] in take($0) } ended: { close(reading) }
    }

    var processID: Int32 { process?.processID ?? 0 }
    func send(_ line: String) { if isRunning { writeLine(input, line) } }
    func kill(_ signal: Int32 = SIGKILL) { process?.signal(signal) }

    private func take(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        switch words.first {
        case "ready" where words.count == 3:
            record = words[1]
            peerID = words[2]
        case "stats":
            stats = [:]
            for word in words.dropFirst() {
                let parts = word.split(separator: "=")
                // Digests are compared as they are; a number of 64 bits would not survive as a fraction.
                if parts.count == 2 { if parts[0] == "digest" { digest = String(parts[1]) } else { stats[String(parts[0])] = Double(parts[1]) ?? 0 } }
            }
            statsCount += 1
        default: writeLine(2, "\(name): \(line)")
        }
    }

    private(set) var digest = ""

    func stop() {
        send("stop")
        if input >= 0 { close(input) }
        input = -1
    }

    static var programPath: String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count) }
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}

/// Several children, run in steps.
final class Stage {
    let loop: EventLoop
    let directory: String
    var children: [Child] = []
    private let basePort: Int?
    private var ports: [Int: UInt16] = [:]

    init(_ options: Options) throws {
        loop = try EventLoop()
        directory = options["data"] ?? "/tmp/quetzal-network-\(getpid())"
        basePort = options["base-port"].flatMap { Int($0) }
        mkdir(directory, 0o755)
    }

    /// A node with a port and a directory of its own.
    func node(_ number: Int, bootnodes: String, _ more: [String] = []) -> Child {
        let child = Child(loop, "node \(number)", ["node", "--port", "\(port(number))", "--data", "\(directory)/node-\(number)", "--bootnodes", bootnodes] + more)
        children.append(child)
        return child
    }

    func bootnode() throws -> Child {
        let child = Child(loop, "bootnode", ["bootnode", "--port", "\(port(-1))", "--data", "\(directory)/bootnode"])
        children.append(child)
        try child.start()
        guard wait(30, until: { !child.record.isEmpty }) else { fail("the bootnode does not start") }
        return child
    }

    /// The node's port, the same whenever it is started: the one that it was told, or a free one.
    private func port(_ number: Int) -> UInt16 {
        if let basePort { return UInt16(basePort + 1 + number) }
        if let known = ports[number] { return known }
        let port = FreePort.take()
        ports[number] = port
        return port
    }

    func wait(_ seconds: Double, until condition: () -> Bool = { false }) -> Bool {
        let end = EventLoop.monotonicNanos + UInt64(seconds * 1e9)
        let ticker = loop.every(.milliseconds(10)) {}
        defer { ticker.cancel() }
        while !condition(), EventLoop.monotonicNanos < end { loop.runOnce() }
        return condition()
    }

    /// Asks the children for their figures until `condition` holds.
    func poll(_ seconds: Double, _ asked: [Child], until condition: () -> Bool) -> Bool {
        let end = EventLoop.monotonicNanos + UInt64(seconds * 1e9)
        while EventLoop.monotonicNanos < end {
            refresh(asked)
            if condition() { return true }
            _ = wait(0.2)
        }
        return false
    }

    func refresh(_ asked: [Child]) {
        let running = asked.filter(\.isRunning)
        let before = running.map(\.statsCount)
        for child in running { child.send("stats") }
        _ = wait(5) { zip(running, before).allSatisfy { $0.statsCount > $1 || !$0.isRunning } }
    }

    func stop() {
        for child in children { child.stop() }
        _ = wait(4) { children.allSatisfy { !$0.isRunning } }
        for child in children where child.isRunning { child.kill() }
        _ = wait(2) { children.allSatisfy { !$0.isRunning } }
    }
}
