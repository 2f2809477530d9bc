import Glibc

/// What the command line, or a file it names, got wrong.
struct ReplayError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Answers go to standard output, complaints to standard error.
enum Output {
    static func text(_ text: String, to descriptor: Int32 = 1) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            done += count
        }
    }

    static func line(_ line: String) { text(line + "\n") }
    static func error(_ line: String) { text(line + "\n", to: 2) }
}
