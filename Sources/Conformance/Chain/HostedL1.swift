import ConformanceKit
import EventLoop
import Glibc
import L1Replay

/// The recorded L1, served by a thread of this process.
final class HostedL1 {
    let port: UInt16
    let last: Int
    private let stopping: LoopWake
    private let thread: pthread_t

    /// What the thread hands back once it listens. Unchecked: read after the semaphore that its writing precedes.
    private final class Birth: @unchecked Sendable {
        let directory: String
        let head: Int?
        var born = sem_t()
        var result: Result<(port: UInt16, last: Int, stop: LoopWake), any Error>?

        init(_ directory: String, _ head: Int?) {
            self.directory = directory
            self.head = head
            sem_init(&born, 0, 0)
        }
    }

    /// - Parameter head: the first head; nil for the whole chain.
    init(_ directory: String, head: Int?) throws {
        let birth = Birth(directory, head)
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { raw in
            let birth = Unmanaged<Birth>.fromOpaque(raw!).takeRetainedValue()
            HostedL1.serve(birth)
            return nil
        }, Unmanaged.passRetained(birth).toOpaque())
        guard code == 0 else { throw Vectors.Failure("no thread for the L1: \(String(cString: strerror(code)))") }
        while sem_wait(&birth.born) != 0 {}
        (port, last, stopping) = try birth.result!.get()
        self.thread = thread
    }

    deinit {
        stopping.send()
        pthread_join(thread, nil)
    }

    private static func serve(_ birth: Birth) {
        do {
            let loop = try EventLoop()
            let server = try ReplayServer(RecordedChain(directory: birth.directory), port: 0, start: birth.head, speed: nil, loop: loop)
            let stop = try loop.wake { loop.stop() }
            birth.result = .success((server.port, server.last, stop))
            sem_post(&birth.born)
            loop.run()
            server.stop()
            stop.cancel()
        } catch {
            birth.result = .failure(error)
            sem_post(&birth.born)
        }
    }

    func setHead(_ number: Int) throws {
        _ = try HTTPProbe(port: port).post("/control", Array("{\"head\":\(number)}".utf8))
    }
}
