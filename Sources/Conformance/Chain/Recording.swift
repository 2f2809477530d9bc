import Bytes
import ConformanceKit
import JSON
import Protocol

/// The files of one recording that say what a client must reach.
struct Recording {
    /// A block that the chain has beyond what the reference could read (`two-blobs`).
    struct Beyond {
        var number: Int
        var l1Block: Int
        var document: JSONDocument
    }

    /// A transaction that was sent to a node.
    struct Sent {
        var tx: Tx
        var label: String
        var hash: String?
        /// The reference's error when it did not take it.
        var refusal: String?
    }

    let directory: String
    let name: String
    var blocks: [JSONDocument]
    let final: JSONDocument
    let genesis: JSONDocument
    let transcript: RPCTranscript?
    var beyond: [Beyond] = []
    /// In order.
    var sent: [Sent] = []

    static func isRecording(_ directory: String) -> Bool {
        Vectors.file("l1-contracts", in: directory) != nil && Vectors.file("l2-blocks", in: directory) != nil && Vectors.isDirectory(directory + "/l1")
    }

    private static func path(_ stem: String, in directory: String) throws -> String {
        guard let path = Vectors.file(stem, in: directory) else { throw Vectors.Failure("\(directory) has no \(stem)") }
        return path
    }

    init(_ directory: String) throws {
        self.directory = directory
        name = Vectors.name(directory)
        blocks = try Vectors.lines(Self.path("l2-blocks", in: directory)).map { try JSONDocument.parse(Array($0)) }
        final = try Vectors.json(Self.path("final", in: directory))
        genesis = try Vectors.json(Self.path("genesis", in: directory))
        transcript = try Vectors.file("rpc-transcript", in: directory).map(RPCTranscript.init)
        for path in try Vectors.files(in: directory) {
            guard let document = try? Vectors.json(path), document.root.isObject,
                let number = document.root["l2Block"]?.int, let l1 = document.root["l1Block"]?.int, document.root["bodyHex"] != nil
            else { continue }
            beyond.append(Beyond(number: number, l1Block: l1, document: document))
        }
        beyond.sort { $0.number < $1.number }
        guard let path = Vectors.file("txs", in: directory) else { return }
        for line in try Vectors.lines(path) {
            let row = try JSONDocument.parse(Array(line)).root
            guard let bytes = Hex.decode(try row.required("tx").requireString()) else { throw Vectors.Failure("\(path): tx is no hex string") }
            sent.append(Sent(
                tx: try Tx(exactly: bytes), label: row["label"]?.string ?? "", hash: row["hash"]?.string,
                refusal: row["accepted"]?.bool == false ? row["error"]?.string ?? "" : nil))
        }
    }

    /// The chain's blocks by number.
    var serializedBlocks: [Int: [UInt8]] {
        var result: [Int: [UInt8]] = [:]
        for block in blocks {
            guard let number = block.root["number"]?.int, let bytes = block.root["hex"]?.string.flatMap({ Hex.decode($0) }) else { continue }
            result[number] = bytes
        }
        return result
    }

    var transactionsPath: String? { Vectors.file("txs", in: directory) }

    /// Number of the last block of the chain.
    var tip: Int { max(blocks.last?.root["number"]?.int ?? 0, beyond.last?.number ?? 0) }

    /// L1 block before the one that carried the first block.
    var l1BeforeFirst: Int? { blocks.first.flatMap(Self.l1Before) }

    /// L1 block before the one that carried the last block of the transcript; nil if that is the first.
    var l1BeforeTip: Int? { tipOfTranscript > 1 ? blocks.last { $0.root["number"]?.int == tipOfTranscript }.flatMap(Self.l1Before) : nil }

    private static func l1Before(_ block: JSONDocument) -> Int? {
        let number = block.root["l1"]?["blockNumber"]
        return (number?.string.flatMap { Int($0) } ?? number?.int).map { $0 - 1 }
    }

    /// L1 head at which a correct client sees the chain as the recorded nodes did at the end; nil for the whole L1.
    var l1OfTranscript: Int? { beyond.first.map { $0.l1Block - 1 } }

    /// Number of the last block of the transcript.
    var tipOfTranscript: Int { beyond.first.map { $0.number - 1 } ?? tip }
}
