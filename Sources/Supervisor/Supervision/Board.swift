import CLinux
import Glibc
import IPC
import Synchronization

/// What the supervisor says about the node, in a region that `aztec status` and `aztec monitor` map read-only:
/// workers with their process ids and descriptors, links, mode. Lines of words, under a sequence lock.
///
/// | offset | bytes | |
/// |---|---|---|
/// | 0 | 64 | `RegionHeader` |
/// | 64 | 8 | sequence: odd while being written |
/// | 72 | 8 | length of the text |
/// | 128 | | text |
public struct BoardContent: Equatable, Sendable {
    public struct Worker: Equatable, Sendable {
        public var kind: String
        public var index: Int
        public var isActive: Bool
        public var processID: Int32
        public var restarts: Int
        /// Descriptor number of its region in the supervisor.
        public var region: Int32
        public var lastRestartMillis: Int
        public var worstRestartMillis: Int
        public var isGivenUp: Bool
        /// How its last process ended; empty if none has.
        public var lastExit: String
        public var inputs: [String]
        public var name: String { "\(kind).\(index)" }
    }

    public struct Link: Equatable, Sendable {
        public struct Consumer: Equatable, Sendable {
            public var worker: Int
            public var input: Int
            public var isReliable: Bool
        }

        public var name: String
        public var shape: RingShape
        public var ring: Int32
        public var producer: Int
        public var consumers: [Consumer]
    }

    public var processID: Int32 = 0
    /// Seconds since 1970.
    public var startedAt: Int = 0
    public var title = ""
    public var isStopping = false
    /// Functions that are off and why; empty: all is well.
    public var degraded: [String] = []
    public var workers: [Worker] = []
    public var links: [Link] = []

    public init() {}

    package var encoded: [UInt8] {
        var out = "quetzal-board 1\nnode \(processID) \(startedAt) \(isStopping ? 1 : 0)\n"
        if !title.isEmpty { out += "title \(Self.line(title))\n" }
        for reason in degraded { out += "degraded \(Self.line(reason))\n" }
        for worker in workers {
            out += "worker \(worker.kind) \(worker.index) \(worker.isActive ? 1 : 0) \(worker.processID) \(worker.restarts) \(worker.region) \(worker.lastRestartMillis) \(worker.worstRestartMillis) \(worker.isGivenUp ? 1 : 0)\n"
            if !worker.lastExit.isEmpty { out += "exit \(Self.line(worker.lastExit))\n" }
            if !worker.inputs.isEmpty { out += "inputs \(worker.inputs.joined(separator: " "))\n" }
        }
        for link in links {
            out += "link \(link.name) \(link.shape.depth) \(link.shape.mtu) \(link.shape.burst) \(link.ring) \(link.producer)\n"
            for consumer in link.consumers { out += "consumer \(consumer.worker) \(consumer.input) \(consumer.isReliable ? 1 : 0)\n" }
        }
        return Array(out.utf8)
    }

    private static func line(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }

    package init(decoding bytes: [UInt8]) throws(IPCError) {
        let lines = bytes.split(separator: 0x0a).map { Substring(decoding: $0, as: UTF8.self) }
        guard lines.first == "quetzal-board 1" else { throw IPCError("the node's board is of another version") }
        for text in lines.dropFirst() {
            var line = WordLine(text)
            let rest = String(text.drop { $0 != " " }.dropFirst())
            switch try line.word() {
            case "node":
                processID = try line.number()
                startedAt = try line.number()
                isStopping = try line.number() == 1
            case "title": title = rest
            case "degraded": degraded.append(rest)
            case "worker":
                workers.append(Worker(
                    kind: try line.word(), index: try line.number(), isActive: try line.number() == 1, processID: try line.number(), restarts: try line.number(),
                    region: try line.number(), lastRestartMillis: try line.number(), worstRestartMillis: try line.number(), isGivenUp: try line.number() == 1,
                    lastExit: "", inputs: []))
            case "exit":
                if !workers.isEmpty { workers[workers.count - 1].lastExit = rest }
            case "inputs":
                if !workers.isEmpty { workers[workers.count - 1].inputs = Array(line.words) }
            case "link":
                links.append(Link(
                    name: try line.word(), shape: try RingShape(depth: line.number(), mtu: line.number(), burst: line.number()), ring: try line.number(),
                    producer: try line.number(), consumers: []))
            case "consumer":
                if !links.isEmpty {
                    links[links.count - 1].consumers.append(Link.Consumer(worker: try line.number(), input: try line.number(), isReliable: try line.number() == 1))
                }
            default: break  // of a newer build
            }
        }
        for link in links {
            for worker in [link.producer] + link.consumers.map(\.worker) {
                guard workers.indices.contains(worker) else { throw IPCError("the node's board names a worker that is not on it") }
            }
        }
    }
}

/// The board's memory. The supervisor writes, everyone else reads.
final class Board {
    static let bytes = 512 << 10
    static let hash = layoutHash("board 1: sequence@64 length@72 text@128 of \(bytes)")
    private static let textOffset = 128

    let mapping: Mapping

    static func create() throws(IPCError) -> SharedFile {
        try RegionHeader.create(name: "quetzal-board", kind: .board, count: bytes, layoutHash: hash)
    }

    init(_ descriptor: Int32, writable: Bool) throws(IPCError) {
        mapping = try RegionHeader.join(descriptor, kind: .board, count: Self.bytes, layoutHash: Self.hash, writable: writable)
    }

    func write(_ content: BoardContent) {
        let bytes = content.encoded
        precondition(bytes.count <= Self.bytes - Self.textOffset, "more workers than the board holds")
        let sequence = mapping.word(64).pointee.load(ordering: .relaxed) & ~1
        // Release fence and store pair with the acquire load and fence of `read`.
        mapping.word(64).pointee.store(sequence &+ 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        mapping.word(72).pointee.store(UInt64(bytes.count), ordering: .relaxed)
        bytes.withUnsafeBytes { ql_copy_to_shared(mapping.base + Self.textOffset, $0.baseAddress!, bytes.count) }
        mapping.word(64).pointee.store(sequence &+ 2, ordering: .releasing)
    }

    func read() throws(IPCError) -> BoardContent {
        for _ in 0..<1000 {
            let before = mapping.word(64).pointee.load(ordering: .acquiring)
            let count = mapping.word(72).pointee.load(ordering: .relaxed)
            if before & 1 == 0, count <= UInt64(Self.bytes - Self.textOffset) {
                var bytes = [UInt8](repeating: 0, count: Int(count))
                bytes.withUnsafeMutableBytes { buffer in
                    if let base = buffer.baseAddress { ql_copy_from_shared(base, mapping.base + Self.textOffset, buffer.count) }
                }
                atomicMemoryFence(ordering: .acquiring)
                if mapping.word(64).pointee.load(ordering: .relaxed) == before { return try BoardContent(decoding: bytes) }
            }
            usleep(100)
        }
        throw IPCError("the node's board does not keep still")
    }
}
