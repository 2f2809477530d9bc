import EventLoop
import Glibc

/// Lines from a descriptor of the loop.
final class LineReader {
    private var watch: LoopWatch?
    private var rest: [UInt8] = []

    /// `ended`: the other side has closed.
    init(_ loop: EventLoop, _ descriptor: Int32, _ line: @escaping (String) -> Void, ended: @escaping () -> Void) throws {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        watch = try loop.watch(descriptor, for: .readable) { [unowned self] _ in
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                if count < 0 { return }
                if count == 0 {
                    watch?.cancel()
                    return ended()
                }
                rest += chunk[..<count]
                while let end = rest.firstIndex(of: 0x0a) {
                    let text = String(decoding: rest[..<end], as: UTF8.self)
                    rest.removeFirst(end + 1)
                    line(text)
                }
            }
        }
    }

    func cancel() { watch?.cancel() }
}

func writeLine(_ descriptor: Int32, _ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}

func fail(_ text: String) -> Never {
    writeLine(2, "quetzal-network: \(text)")
    exit(1)
}
