import Bytes
import Glibc
import Hashing
import JSON

/// What of a recorded chain is visible now: a head that can stand, move with the recorded timestamps, or sit on an
/// invented fork; and the faults to inject (commands: shared/tools/l1-replay.md).
struct ReplayState {
    struct Fork {
        var base: Int
        var blocks: [RecordedChain.Block]
    }

    struct Fault {
        enum Kind: String { case status, delay, hang, reset, truncate, garbage, rpcError = "rpc-error", null, wrongData = "wrong-data" }
        var match: String
        var kind: Kind
        var count: Int?
        var skip: Int
        var status: Int
        var retryAfter: String?
        var message: String
        var seconds: Double
        var keep: Double
        var consistentLength: Bool
        var code: Int
    }

    let chain: RecordedChain
    var safeLag = 32
    var finalizedLag = 64
    private var anchor: Int
    private var anchorTime: Double
    private var speed: Double?
    private var paused = false
    private(set) var fork: Fork?
    private(set) var faults: [Fault] = []
    var requests: [String: Int] = [:]
    var unrecorded: [String: Int] = [:]

    /// - Parameters: `start` is the first head; with `speed` it moves with the recorded timestamps times that.
    init(chain: RecordedChain, start: Int?, speed: Double?) {
        self.chain = chain
        self.speed = speed
        anchor = min(max(chain.first, start ?? chain.last), chain.last)
        anchorTime = Self.now()
    }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    var head: Int {
        if let fork { return fork.base + fork.blocks.count }
        guard let speed, speed > 0, !paused, let from = chain.block(anchor) else { return anchor }
        let time = Double(from.timestamp) + (Self.now() - anchorTime) * speed
        var number = anchor
        while number < chain.last, let next = chain.block(number + 1), Double(next.timestamp) <= time { number += 1 }
        return number
    }

    mutating func setHead(_ number: Int) {
        anchor = min(max(chain.first, number), chain.last)
        anchorTime = Self.now()
        fork = nil
    }

    func block(_ number: Int) -> RecordedChain.Block? {
        if let fork, number > fork.base {
            let index = number - fork.base - 1
            return index < fork.blocks.count ? fork.blocks[index] : nil
        }
        return number <= head ? chain.block(number) : nil
    }

    func block(hash: String) -> RecordedChain.Block? {
        let hash = hash.lowercased()
        if let found = fork?.blocks.first(where: { $0.hash == hash }) { return found }
        guard let number = chain.numberOfHash[hash], let block = block(number), block.hash == hash else { return nil }
        return block
    }

    /// The recorded block whose state answers calls at this height.
    func stateBlock(_ number: Int) -> Int { fork.map { number > $0.base ? $0.base : number } ?? number }

    private static let longestFork = 10_000

    /// Replaces the newest `depth` blocks by `length` empty ones with other hashes.
    mutating func makeFork(depth: Int, length: Int) {
        let base = max(chain.first, head - min(max(0, depth), head))
        guard var parent = chain.block(base) else { return }
        var blocks: [RecordedChain.Block] = []
        for number in (base + 1)..<(base + 1 + min(max(1, length), Self.longestFork)) {
            var block = chain.block(min(number, chain.last)) ?? parent
            let hash = SHA256.hash(Array("fork \(parent.hash) \(number)".utf8)).hex
            let timestamp = parent.timestamp + chain.facts.l1SlotSeconds
            block.members = Self.replaced(block.members, [
                "number": "0x" + String(number, radix: 16), "hash": hash, "parentHash": parent.hash, "timestamp": "0x" + String(timestamp, radix: 16),
                "logsBloom": "0x" + String(repeating: "0", count: 512), "gasUsed": "0x0", "blobGasUsed": "0x0",
            ])
            block.number = number
            block.hash = hash
            block.parentHash = parent.hash
            block.timestamp = timestamp
            block.transactions = []
            block.logs = []
            blocks.append(block)
            parent = block
        }
        fork = Fork(base: base, blocks: blocks)
    }

    private static func replaced(_ members: [UInt8], _ changes: [String: String]) -> [UInt8] {
        guard let document = try? JSONDocument.parse([0x7b] + members + [0x7d]) else { return members }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in document.root.members {
            writer.key(key)
            if let change = changes[key] { writer.value(change) } else { writer.value(value) }
        }
        writer.endObject()
        return Array(writer.bytes.dropFirst().dropLast())
    }

    // MARK: Faults and control

    /// The fault that applies to the request `name`, counted down.
    mutating func takeFault(_ name: String) -> Fault? {
        for index in faults.indices {
            let match = faults[index].match
            guard match == "*" || match == name || match.hasSuffix("*") && name.hasPrefix(match.dropLast()) else { continue }
            if faults[index].skip > 0 {
                faults[index].skip -= 1
                continue
            }
            let fault = faults[index]
            if let count = fault.count {
                if count <= 1 { faults.remove(at: index) } else { faults[index].count = count - 1 }
            }
            return fault
        }
        return nil
    }

    mutating func control(_ command: JSONElement) {
        if let number = command["head"]?.int { setHead(number) }
        if let step = command["advance"]?.int { setHead(head.addingReportingOverflow(step).overflow ? chain.last : head + step) }
        if let value = command["speed"] {
            let now = head
            setHeadKeepingFork(now)
            speed = value.double
        }
        if let value = command["pause"]?.bool {
            setHeadKeepingFork(head)
            paused = value
        }
        if let reorg = command["reorg"] {
            if reorg["return"]?.bool == true {
                setHead(reorg["head"]?.int ?? head)
            } else if let to = reorg["to"]?.int {
                setHead(to)
            } else {
                let depth = reorg["depth"]?.int ?? 1
                makeFork(depth: depth, length: reorg["length"]?.int ?? depth + 1)
            }
        }
        if let list = command["faults"] { faults = list.elements.compactMap(Self.fault) }
        if command["reset_stats"]?.bool == true {
            requests = [:]
            unrecorded = [:]
        }
    }

    private mutating func setHeadKeepingFork(_ number: Int) {
        guard fork == nil else { return }
        setHead(number)
    }

    private static func fault(_ json: JSONElement) -> Fault? {
        guard let kind = json["kind"]?.string.flatMap(Fault.Kind.init(rawValue:)) else { return nil }
        return Fault(
            match: json["match"]?.string ?? "*", kind: kind, count: json["count"]?.int, skip: max(0, json["skip"]?.int ?? 0),
            status: json["status"]?.int ?? 500, retryAfter: json["retry_after"].flatMap { $0.string ?? $0.int.map(String.init) },
            message: json["message"]?.string ?? "injected", seconds: min(max(0, json["seconds"]?.double ?? 1), 86_400), keep: min(max(0, json["keep"]?.double ?? 0.5), 1),
            consistentLength: json["consistent_length"]?.bool ?? false, code: json["code"]?.int ?? -32000)
    }

    /// What `GET /control/stats` answers.
    var summary: [UInt8] {
        var writer = JSONWriter()
        let head = head
        writer.beginObject()
        writer.member("head", head)
        if let block = block(head) {
            writer.member("hash", block.hash)
            writer.member("timestamp", block.timestamp)
        }
        writer.member("last", chain.last)
        writer.member("fork", fork != nil)
        for (name, counts) in [("requests", requests), ("unrecorded_calls", unrecorded)] {
            writer.key(name)
            writer.beginObject()
            for (key, count) in counts.sorted(by: { $0.key < $1.key }) { writer.member(key, count) }
            writer.endObject()
        }
        writer.member("total", requests.values.reduce(0, +))
        writer.member("faults", faults.count)
        writer.endObject()
        return writer.bytes
    }
}
