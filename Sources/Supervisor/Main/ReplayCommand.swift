import Glibc

/// `aztec replay` is the program `quetzal-replay` beside this one: it links the database, which this program does not.
enum ReplayCommand {
    static func run(_ arguments: [String]) throws -> Never {
        let program = try SiblingProgram.path("quetzal-replay")
        var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        pointers.append(nil)
        execv(program, pointers)
        throw CommandError("\(program): \(String(cString: strerror(errno)))")
    }
}

/// Programs of the same build.
enum SiblingProgram {
    static func path(_ name: String) throws -> String {
        guard let own = realpath("/proc/self/exe", nil) else { throw CommandError("reading /proc/self/exe: \(String(cString: strerror(errno)))") }
        defer { free(own) }
        let text = String(cString: own)
        let path = text[..<(text.lastIndex(of: "/") ?? text.startIndex)] + "/" + name
        guard access(String(path), X_OK) == 0 else { throw CommandError("\(path) is missing: build product \(name) too") }
        return String(path)
    }
}
