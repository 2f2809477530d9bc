import Configuration
import EventLoop
import Glibc
import L1Replay
import TemporaryFiles

/// Where a test plays: a loop that serves recorded L1s from this process, and a directory that goes away with it.
final class Stage {
    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    let loop: EventLoop
    let recording: String
    let chain: RecordedChain
    let directory: String
    let aztec: String
    /// Processes to kill, where many are; and what the dice begin with.
    var kills = 20
    var seed: UInt64 = 1
    /// Of the peer network.
    var nodes = 12
    var transactions = 200
    private(set) var passed = 0
    private(set) var failed = 0

    init(recording: String?, aztec: String?) throws {
        loop = try EventLoop()
        if let recording {
            self.recording = recording
        } else {
            guard let etc = EtcDirectory.find(environment: EtcDirectory.processEnvironment()) else { throw Failure("no etc/networks above this program: use --recording DIR") }
            self.recording = etc + "/networks/demo"
        }
        chain = try RecordedChain(directory: self.recording)
        if let aztec {
            self.aztec = aztec
        } else {
            guard let own = realpath("/proc/self/exe", nil) else { throw Failure("reading /proc/self/exe failed") }
            defer { free(own) }
            let text = String(cString: own)
            self.aztec = text[..<(text.lastIndex(of: "/") ?? text.startIndex)] + "/aztec"
        }
        guard access(self.aztec, X_OK) == 0 else { throw Failure("\(self.aztec) is missing: build product aztec, or name it with --aztec PATH") }
        directory = try TemporaryDirectory.make("chaos")
        signal(SIGPIPE, SIG_IGN)
    }

    /// Serves for so long.
    func pump(_ millis: Int) {
        var done = false
        loop.after(.milliseconds(max(1, millis))) { done = true }
        while !done { loop.runOnce() }
    }

    /// Serves until `condition` holds; false when it does not within the limit.
    func wait(_ limitMillis: Int, every step: Int = 5, until condition: () -> Bool) -> Bool {
        let end = EventLoop.monotonicNanos + UInt64(limitMillis) * 1_000_000
        while !condition() {
            guard EventLoop.monotonicNanos < end else { return false }
            pump(step)
        }
        return true
    }

    func server(head: Int? = nil) throws -> ReplayServer { try ReplayServer(chain, port: 0, start: head, speed: nil, loop: loop) }

    // MARK: Verdicts

    func check(_ holds: Bool, _ what: String, _ detail: @autoclosure () -> String = "") {
        if holds { passed += 1 } else {
            failed += 1
            let detail = detail()
            say("FAILED: \(what)" + (detail.isEmpty ? "" : ": \(detail)"))
        }
    }

    /// Every program that was started: none outlives this one.
    var programs: [LoopProcess] = []

    func end() -> Int32 {
        for program in programs { program.signal(SIGKILL) }
        if failed == 0 { TemporaryDirectory.remove(directory) } else { say("logs and data are kept in \(directory)") }
        say("\(passed) passed, \(failed) failed")
        return failed == 0 ? 0 : 1
    }
}

/// Whole contents of a small file; empty when it cannot be read.
func contents(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { break }
        text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
}

/// Seeded, so that a run can be repeated.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() >> 16) % (range.upperBound - range.lowerBound + 1) }
    mutating func happens(_ percent: Int) -> Bool { roll(1...100) <= percent }
    mutating func pick<T>(_ from: [T]) -> T { from[roll(0...(from.count - 1))] }
}

/// A line that is seen at once, also through a pipe.
func say(_ line: String) {
    print(line)
    fflush(nil)
}
