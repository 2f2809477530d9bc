import Bytes
import Field
import JSON
import Protocol

/// Decoding and encoding of blocks on one core: the part of following the chain that is neither hashing nor storage.
func protocolBenchmarks() -> [BenchmarkRow] {
    let body = Body(txEffects: (0..<8).map { fullEffect(UInt64($0)) })
    let binary = body.serialized
    let words = (body.blobFields() ?? []).flatMap(\.bytes)
    let header = BlockHeader.zero
    let block = L2Block(archive: .zero, header: header, body: body)
    let text = block.jsonBytes
    func micro(_ count: Int, _ work: () -> Void) -> Double {
        measure(count: count, clock: .thread) { for _ in 0..<count { work() } }.best / 1000
    }
    func row(_ name: String, _ value: Double) -> BenchmarkRow { BenchmarkRow("protocol", name, value, "µs") }
    let fields = "\(words.count / 32) fields"
    return [
        row("decode 8 full tx effects from blobs, \(fields)", micro(10) { consume(try? Body(blobs: words[...])) }),
        row("encode 8 full tx effects to blob fields", micro(10) { consume(body.blobFields()) }),
        row("decode the same from \(binary.count) bytes", micro(10) { consume(try? Body(exactly: binary)) }),
        row("encode the same to bytes", micro(10) { consume(body.serialized) }),
        row("print the block as JSON, \(text.count) bytes", micro(10) { consume(block.jsonBytes) }),
        row("read that JSON", micro(2) { consume((try? JSONDocument.parse(text)).flatMap { try? L2Block(json: $0.root) }) }),
        row("hash of a header", micro(10) { consume(header.hash()) }),
    ]
}

/// A tx at the limits of notes, nullifiers, writes, messages and private logs.
private func fullEffect(_ seed: UInt64) -> TxEffect {
    var next = Fr(seed + 1) * Fr(0x9e37_79b9_7f4a_7c15)
    func field() -> Fr {
        next = next * next + 7
        return next
    }
    func list(_ count: Int) -> [Fr] { (0..<count).map { _ in field() } }
    return TxEffect(
        txHash: TxHash(field()), transactionFee: 1000, noteHashes: list(64), nullifiers: list(64), l2ToL1Msgs: list(8),
        publicDataWrites: (0..<64).map { _ in PublicDataWrite(leafSlot: field(), value: field()) },
        privateLogs: (0..<32).map { _ in PrivateLog(emitted: list(18)) })
}
