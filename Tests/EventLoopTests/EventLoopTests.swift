import EventLoop
import Glibc
import Testing

@Suite struct EventLoopTests {
    @Test func timersFireInOrderAndNotEarly() throws {
        let loop = try EventLoop()
        var fired: [Int] = []
        let start = EventLoop.monotonicNanos
        var delays: [UInt64] = []
        loop.after(.milliseconds(20)) { fired.append(2); delays.append(EventLoop.monotonicNanos - start) }
        loop.after(.milliseconds(5)) { fired.append(1); delays.append(EventLoop.monotonicNanos - start) }
        let cancelled = loop.after(.milliseconds(1)) { fired.append(99) }
        cancelled.cancel()
        loop.run()
        #expect(fired == [1, 2])
        #expect(delays[0] >= 5_000_000 && delays[1] >= 20_000_000)
    }

    @Test func repeatingTimerStopsTheLoop() throws {
        let loop = try EventLoop()
        var count = 0
        loop.every(.milliseconds(1)) {
            count += 1
            if count == 3 { loop.stop() }
        }
        loop.run()
        #expect(count == 3)
    }

    @Test func watchReportsReadableAndCanBeChanged() throws {
        let loop = try EventLoop()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        var got: [UInt8] = []
        var watch: LoopWatch?
        watch = try loop.watch(ends[0], for: .readable) { ready in
            #expect(ready.contains(.readable))
            var byte: UInt8 = 0
            if read(ends[0], &byte, 1) == 1 { got.append(byte) }
            if got.count == 2 { watch?.cancel() }
        }
        loop.after(.milliseconds(2)) { _ = write(ends[1], [7 as UInt8, 8], 2) }
        loop.run()
        #expect(got == [7, 8])
        close(ends[0])
        close(ends[1])
        #expect(throws: EventLoopError.self) { try loop.watch(ends[0], for: .readable) { _ in } }
    }

    @Test func wakeAndMailboxFromAnotherThread() async throws {
        nonisolated(unsafe) let loop = try EventLoop()
        nonisolated(unsafe) var seen: [Int] = []
        let box = try loop.mailbox()
        let task = Task.detached {
            for i in 0..<1000 { box.post { seen.append(i) } }
            box.post { box.cancel() }
        }
        loop.run()
        await task.value
        #expect(seen == Array(0..<1000))
        box.post { Issue.record("after cancel") }
        loop.poll()
    }

    @Test func signalReachesTheLoop() throws {
        let loop = try EventLoop()
        var count = 0
        var signal: LoopSignal?
        signal = try loop.onSignal(SIGUSR2) { count += 1; signal?.cancel() }
        kill(getpid(), SIGUSR2)
        loop.run()
        #expect(count == 1)
    }

    @Test func childGetsExactlyItsArgumentsEnvironmentAndDescriptors() throws {
        let loop = try EventLoop()
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var exits: [ProcessExit] = []
        try loop.spawn(SpawnRequest(
            program: "/bin/sh", arguments: ["sh", "-c", "echo \"$A:$HOME:$1\" >&5; exit 3", "sh", "x y"],
            environment: ["A=b"], descriptors: [nil, nil, nil, nil, nil, ends[1]])) { exits.append($0) }
        loop.run()
        close(ends[1])
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = read(ends[0], &buffer, 100)
        close(ends[0])
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "b::x y\n")
        #expect(exits == [.code(3)])
    }

    @Test func killedChildAndMissingProgram() throws {
        let loop = try EventLoop()
        var exits: [ProcessExit] = []
        let child = try loop.spawn(SpawnRequest(program: "/bin/sleep", arguments: ["sleep", "100"])) { exits.append($0) }
        #expect(child.processID > 0)
        child.signal(SIGKILL)
        loop.run()
        #expect(exits == [.signal(9)])
        #expect(child.exit == .signal(9))
        #expect(throws: EventLoopError(operation: "starting /no/such/program", code: -ENOENT)) {
            try loop.spawn(SpawnRequest(program: "/no/such/program", arguments: ["x"])) { _ in }
        }
    }

    @Test func actionsAreReleasedWithTheLoop() throws {
        final class Token {}
        weak var weakToken: Token?
        do {
            let loop = try EventLoop()
            let token = Token()
            weakToken = token
            loop.every(.seconds(1)) { _ = token }
            loop.poll()
        }
        #expect(weakToken == nil)
    }
}
