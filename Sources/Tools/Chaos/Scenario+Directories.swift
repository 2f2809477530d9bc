import EventLoop
import Glibc
import IPC
import L1Replay
import Supervision
import TemporaryFiles

extension Scenario {
    /// Data directories that cannot be used.
    static var directories: [Scenario] {
        [
        Scenario("second-node", "a second node on the same directory is refused, the first goes on") { scenario, stage in
            try scenario.synced(stage) { node, server, url in
                let second = try Node(stage, "second-node-2", directory: node.directory, hosts: [url], sink: url + "/blobsink")
                try second.start()
                stage.check(stage.wait(10_000) { second.exit != nil } && second.exit != .code(0), "a second node ends with an error", "\(second.exit.map { "\($0)" } ?? "runs")")
                scenario.says(stage, second, "in use by another node")
                stage.check(node.isRunning(), "the first node still runs")
                second.kill()
            }
        },
        Scenario("other-rollup", "a directory of another rollup is refused and left as it is") { scenario, stage in
            let directory = stage.directory + "/other-rollup"
            mkdir(directory, 0o755)
            let text = "{\"schemaVersion\":1,\"rollupAddress\":\"0x00000000000000000000000000000000000000aa\",\"l1ChainId\":31337}"
            try write(text, to: directory + "/db_version")
            let server = try stage.server()
            defer { server.stop() }
            let node = try Node(stage, "other-rollup", hosts: ["http://127.0.0.1:\(server.port)"], sink: "http://127.0.0.1:\(server.port)/blobsink")
            try node.start()
            scenario.endsPermanently(stage, node, saying: "another chain or version")
            stage.check(contents(directory + "/db_version") == text && access(directory + "/chain", F_OK) != 0, "the directory is as it was")
        },
        Scenario("read-only", "a directory that cannot be written to is refused by name") { scenario, stage in
            let path = stage.directory + "/read-only-fs"
            mkdir(path, 0o755)
            // Root may write anywhere but on a read-only file system.
            if geteuid() == 0 {
                guard mount("quetzal-chaos", path, "tmpfs", UInt(MS_RDONLY), "size=1m") == 0 else { return say("read-only: skipped, cannot mount a tmpfs here") }
            } else {
                chmod(path, 0o555)
            }
            defer { umount(path) }
            let node = try Node(stage, "read-only", directory: path, hosts: ["http://127.0.0.1:9"], sink: "http://127.0.0.1:9")
            try node.start()
            stage.check(stage.wait(10_000) { node.exit != nil } && node.exit != .code(0), "the node ends with an error", "\(node.exit.map { "\($0)" } ?? "runs")")
            scenario.says(stage, node, path + " cannot be")
            node.kill()
        },
        Scenario("corrupt-manifest", "a damaged MANIFEST is named, nothing restarts in circles, nothing is written") { scenario, stage in
            try scenario.corrupted(stage, prefix: "MANIFEST-", suffix: "")
        },
        Scenario("corrupt-table", "a damaged table file is named, nothing restarts in circles") { scenario, stage in
            try scenario.corrupted(stage, prefix: "", suffix: ".sst")
        },
        Scenario("full-disk", "a full disk is named and ends the node in order; with space again it goes on, nothing is lost") { scenario, stage in
            let path = stage.directory + "/full-disk-fs"
            mkdir(path, 0o755)
            guard geteuid() == 0, mount("quetzal-chaos", path, "tmpfs", 0, "size=64m") == 0 else { return say("full-disk: skipped, cannot mount a tmpfs here") }
            defer { umount(path) }
            let chain = stage.chain
            let server = try stage.server(head: (chain.first + chain.last) / 2)
            defer { server.stop() }
            let url = "http://127.0.0.1:\(server.port)"
            let node = try Node(stage, "full-disk", directory: path + "/data", hosts: [url], sink: url + "/blobsink")
            try node.start()
            guard stage.wait(20_000, until: { node.sample?.sync?.l1Block == UInt64(server.head) }) else { throw Stage.Failure("no sync:\n\(node.log.suffix(1500))") }
            let ballast = path + "/ballast"
            try fill(ballast)
            try server.control("{\"head\":\(chain.last)}")
            stage.pump(1000)
            // What RocksDB has reserved may last for the rest of the recording; a new process needs more.
            if let archiver = node.sample?.workers.first(where: { $0.board.kind == "archiver" })?.board.processID, archiver != 0 { kill(archiver, SIGKILL) }
            scenario.endsPermanently(stage, node, saying: "o space left")
            let second = try Node(stage, "full-disk-2", directory: node.directory, hosts: [url], sink: url + "/blobsink")
            try second.start()
            stage.check(stage.wait(20_000) { second.exit != nil } && second.exit != .code(0), "full-disk: no start on a full disk", "\(second.log.suffix(800))")
            scenario.says(stage, second, "o space left")
            second.kill()
            unlink(ballast)
            try node.start()
            stage.check(stage.wait(30_000) { node.sample?.sync?.l1Block == UInt64(chain.last) }, "full-disk: the node goes on when there is space", "\(node.log.suffix(1500))")
            try scenario.equalsReference(stage, node)
        },
        ]
    }

    /// A node at the tip of the recording.
    func synced(_ stage: Stage, _ body: (Node, ReplayServer, String) throws -> Void) throws {
        let server = try stage.server()
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)"
        let node = try Node(stage, name, hosts: [url], sink: url + "/blobsink")
        try node.start()
        defer { node.kill() }
        guard stage.wait(30_000, until: { node.sample?.sync?.l1Block == UInt64(server.head) }) else { throw Stage.Failure("no sync:\n\(node.log.suffix(1500))") }
        try body(node, server, url)
    }

    private func corrupted(_ stage: Stage, prefix: String, suffix: String) throws {
        let server = try stage.server()
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)"
        let node = try Node(stage, name, hosts: [url], sink: url + "/blobsink")
        // Twice: opening again moves the log into table files.
        for _ in 0..<2 {
            try node.start()
            guard stage.wait(30_000, until: { node.sample?.sync?.l1Block == UInt64(server.head) }) else { throw Stage.Failure("no sync:\n\(node.log.suffix(1500))") }
            guard node.stop() else { throw Stage.Failure("no stop") }
        }
        let names = TemporaryDirectory.entries(node.directory + "/chain").filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
        guard let victim = names.max(by: { size(node.directory + "/chain/" + $0) < size(node.directory + "/chain/" + $1) }) else { throw Stage.Failure("no \(prefix)*\(suffix) in the database") }
        let path = node.directory + "/chain/" + victim
        try damage(path)
        let damaged = contents(path)
        try node.start()
        endsPermanently(stage, node, saying: "is corrupt")
        stage.check(contents(path) == damaged, "the damaged file is left for inspection")
    }

    // MARK: Verdicts

    /// The supervisor stops, or keeps the node up with the function off; either way nothing is started again and again.
    func endsPermanently(_ stage: Stage, _ node: Node, saying words: String) {
        let settled = stage.wait(20_000) { node.exit != nil || node.sample?.content.degraded.isEmpty == false }
        stage.check(settled, "\(name): the node gives up", "\(node.log.suffix(1500))")
        says(stage, node, words)
        let restarts = node.log.split(separator: "\n").count { $0.contains("starting it again") }
        stage.check(restarts <= 6, "\(name): no crash loop", "\(restarts) restarts")
        if node.exit != nil { stage.check(node.exit != .code(0), "\(name): the exit code tells") }
        node.kill()
    }

    func says(_ stage: Stage, _ node: Node, _ words: String, within millis: Int = 3000) {
        stage.check(stage.wait(millis, every: 50) { node.log.contains(words) }, "\(name): the node says «\(words)»", "\(node.log.suffix(1500))")
    }
}

// MARK: Files

func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard file >= 0, write(file, bytes, bytes.count) == bytes.count else { throw Stage.Failure("writing \(path) failed") }
}

func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

/// Overwrites every 16th byte.
func damage(_ path: String) throws {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw Stage.Failure("\(path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var byte: UInt8 = 0xa5
    for offset in stride(from: 7, to: size(path), by: 16) { pwrite(file, &byte, 1, off_t(offset)) }
}

/// Writes until the file system is full.
func fill(_ path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Stage.Failure("\(path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    let block = [UInt8](repeating: 0x5a, count: 4096)
    while write(file, block, block.count) > 0 {}
}
