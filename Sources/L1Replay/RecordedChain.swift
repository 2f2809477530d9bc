import Bytes
import Compression
import Glibc
import JSON

/// A recorded L1 in memory (format: shared/vectors/chain/README.md, `l1/`): blocks with transactions, receipts and
/// logs, results of view calls, and blobs. JSON values are kept as the text they are answered with.
public final class RecordedChain: Sendable {
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    struct Log: Sendable {
        var address: String
        var topics: [String]
        var json: [UInt8]
    }

    struct Transaction: Sendable {
        var hash: String
        var json: [UInt8]
        var receipt: [UInt8]
    }

    struct Block: Sendable {
        var number: Int
        var hash: String
        var parentHash: String
        var timestamp: Int
        /// All members but `transactions` and `parentBeaconBlockRoot`, as text without braces.
        var members: [UInt8]
        var beaconRoot: String
        var transactions: [Transaction]
        var logs: [Log]
    }

    struct Sidecar: Sendable {
        var index: Int
        /// Without the zeros at its end.
        var blob: [UInt8]
        var commitment: String
        var proof: String
    }

    struct Facts: Sendable {
        var chainID = 31337
        var l1SlotSeconds = 12
        var rollup = ""
        var l2GenesisTime = 0
        var l2SlotSeconds = 36
        var epochSlots = 32
    }

    /// One transaction's place.
    struct Place: Sendable {
        var block: Int
        var index: Int
    }

    static let blobBytes = 131_072

    let facts: Facts
    /// Canonical blocks by number, without holes from `first`.
    let blocks: [Block]
    public let first: Int
    let numberOfHash: [String: Int]
    let orphanNumberOfHash: [String: Int]
    let transactions: [String: Place]
    let calls: RecordedCalls
    let sidecars: [String: [Sidecar]]
    /// Slot of the made-up beacon chain per block, and back.
    let slots: [Int]
    let blockAtSlot: [Int: Int]

    public var last: Int { first + blocks.count - 1 }
    public var l1SlotSeconds: Int { facts.l1SlotSeconds }

    func block(_ number: Int) -> Block? {
        number >= first && number <= last ? blocks[number - first] : nil
    }

    /// Reads the recording below `directory`; files may be gzip.
    public init(directory: String) throws {
        var facts = Facts()
        if let document = try Self.json(directory + "/l1-contracts.json")?.root {
            let configuration = document["config"]
            facts.chainID = document["chainId"]?.int ?? facts.chainID
            facts.l2GenesisTime = document["l1GenesisTime"]?.int ?? 0
            facts.l1SlotSeconds = configuration?["ethereumSlotDuration"]?.int ?? facts.l1SlotSeconds
            facts.l2SlotSeconds = configuration?["aztecSlotDuration"]?.int ?? facts.l2SlotSeconds
            facts.epochSlots = configuration?["aztecEpochDuration"]?.int ?? facts.epochSlots
            facts.rollup = document["addresses"]?["rollupAddress"]?.string?.lowercased() ?? ""
        }
        // The times of slots are computed from these for whatever number a caller names.
        guard (1...1 << 20).contains(facts.l1SlotSeconds), (1...1 << 20).contains(facts.l2SlotSeconds), (1...1 << 20).contains(facts.epochSlots),
            (0...Self.lastTime).contains(facts.l2GenesisTime)
        else { throw Failure(description: "\(directory)/l1-contracts.json states durations or times that cannot be") }
        self.facts = facts

        var byNumber: [Int: Block] = [:]
        var orphans: [String: Int] = [:]
        try Self.eachLine(directory + "/l1/blocks.jsonl") { line in
            let block = try Self.block(line)
            if line["orphan"]?.bool == true { orphans[block.hash] = block.number } else { byNumber[block.number] = block }
        }
        guard let first = byNumber.keys.min(), let last = byNumber.keys.max() else { throw Failure(description: "no L1 blocks in \(directory)/l1") }
        self.first = first
        guard last - first < byNumber.count else { throw Failure(description: "L1 blocks are missing between \(first) and \(last) in \(directory)/l1") }
        blocks = try (first...last).map { number in
            guard let block = byNumber[number] else { throw Failure(description: "L1 block \(number) is missing in \(directory)/l1") }
            return block
        }
        orphanNumberOfHash = orphans
        numberOfHash = Dictionary(blocks.map { ($0.hash, $0.number) }, uniquingKeysWith: { a, _ in a })
        var places: [String: Place] = [:]
        for block in blocks {
            for (index, transaction) in block.transactions.enumerated() { places[transaction.hash] = Place(block: block.number, index: index) }
        }
        transactions = places

        var slots: [Int] = []
        var used = -1
        for block in blocks {
            used = max(used + 1, (block.timestamp - blocks[0].timestamp) / max(1, facts.l1SlotSeconds))
            slots.append(used)
        }
        self.slots = slots
        blockAtSlot = Dictionary(zip(slots, blocks.map(\.number)), uniquingKeysWith: { a, _ in a })

        calls = try RecordedCalls(path: directory + "/l1/calls.jsonl", facts: facts)

        var sidecars: [String: [Sidecar]] = [:]
        try Self.eachLine(directory + "/l1/blob-sidecars.jsonl") { line in
            guard let hash = line["blockHash"]?.string?.lowercased(), let data = line["response"]?["data"] else { return }
            sidecars[hash] = try data.elements.map { element in
                guard let text = element["blob"]?.utf8, var blob = Hex.decode(utf8: text[...]), blob.count == Self.blobBytes else {
                    throw Failure(description: "blob of L1 block \(hash) is not \(Self.blobBytes) bytes of hex")
                }
                blob.removeLast(blob.reversed().prefix { $0 == 0 }.count)
                return Sidecar(
                    index: element["index"]?.string.flatMap { Int($0) } ?? 0, blob: blob,
                    commitment: element["kzg_commitment"]?.string ?? "", proof: element["kzg_proof"]?.string ?? "")
            }
        }
        self.sidecars = sidecars
    }

    // MARK: Reading

    static func block(_ line: JSONElement) throws -> Block {
        guard let block = line["block"], let number = quantity(block["number"]), let hash = block["hash"]?.string,
            let parent = block["parentHash"]?.string, let timestamp = quantity(block["timestamp"])
        else { throw Failure(description: "an L1 block has no number, hash, parentHash or timestamp") }
        guard (0...1 << 48).contains(number), (0...lastTime).contains(timestamp) else { throw Failure(description: "L1 block \(number) of time \(timestamp) cannot be") }
        var members = JSONWriter()
        members.beginObject()
        for (key, value) in block.members where key != "transactions" && key != "parentBeaconBlockRoot" {
            members.key(key)
            members.value(value)
        }
        members.endObject()
        var receipts: [String: JSONElement] = [:]
        var logs: [Log] = []
        for receipt in line["receipts"]?.elements.map({ $0 }) ?? [] {
            if let hash = receipt["transactionHash"]?.string { receipts[hash.lowercased()] = receipt }
            for log in receipt["logs"]?.elements.map({ $0 }) ?? [] {
                logs.append(Log(
                    address: log["address"]?.string?.lowercased() ?? "",
                    topics: log["topics"]?.elements.map { $0.string?.lowercased() ?? "" } ?? [], json: text(log)))
            }
        }
        let transactions = (block["transactions"]?.elements.map { $0 } ?? []).map { transaction in
            let hash = transaction["hash"]?.string?.lowercased() ?? transaction.string?.lowercased() ?? ""
            return Transaction(hash: hash, json: withoutBlobs(transaction), receipt: receipts[hash].map(text) ?? Array("null".utf8))
        }
        return Block(
            number: number, hash: hash.lowercased(), parentHash: parent.lowercased(), timestamp: timestamp,
            members: Array(members.bytes.dropFirst().dropLast()), beaconRoot: block["parentBeaconBlockRoot"]?.string ?? zero32,
            transactions: transactions, logs: logs)
    }

    /// 2^40 seconds: sums of times stay far from what an Int holds.
    static let lastTime = 1 << 40

    static let zero32 = "0x" + String(repeating: "0", count: 64)

    static func text(_ element: JSONElement) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(element)
        return writer.bytes
    }

    /// A transaction as nodes other than anvil give it: anvil adds the blobs, which belong to the beacon API.
    static func withoutBlobs(_ transaction: JSONElement) -> [UInt8] {
        guard transaction["blobs"] != nil else { return text(transaction) }
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in transaction.members where key != "blobs" {
            writer.key(key)
            writer.value(value)
        }
        writer.endObject()
        return writer.bytes
    }

    static func quantity(_ element: JSONElement?) -> Int? {
        guard let element else { return nil }
        if let number = element.int { return number }
        guard let text = element.string else { return nil }
        return text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    }

    /// The file at `path` or `path.gz`; nil when neither is there.
    static func contents(_ path: String) throws -> [UInt8]? {
        for candidate in [path, path + ".gz"] {
            let descriptor = open(candidate, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 18)
            while true {
                let count = read(descriptor, &chunk, chunk.count)
                guard count >= 0 else { throw Failure(description: "\(candidate): \(String(cString: strerror(errno)))") }
                if count == 0 { break }
                bytes.append(contentsOf: chunk[..<count])
            }
            return Gzip.isGzip(bytes) ? try Gzip.decompress(bytes) : bytes
        }
        return nil
    }

    static func json(_ path: String) throws -> JSONDocument? { try contents(path).map { try JSONDocument.parse($0) } }

    static func eachLine(_ path: String, _ body: (JSONElement) throws -> Void) throws {
        guard let bytes = try contents(path) else { return }
        for line in bytes.split(separator: 0x0a) { try body(JSONDocument.parse(line).root) }
    }
}
