import Bytes
import Field
import Hashing
import JSON

enum HashCases {
    static let sections: [String: CryptoConformance.Section] = [
        "pedersen": pedersen, "sha": sha, "sha256ToFieldOfFields": shaOfFields, "sha256Compression": compression,
        "keccakF1600": keccak, "sha512ToGrumpkinScalar": grumpkinScalar, "bufferAsFields": packing,
    ]

    static func pedersen(_ item: Case) throws {
        let inputs = try item.fields("inputs")
        item.expect("hash", .field(Pedersen.hash(inputs)))
        let plain = Pedersen.commit(inputs)
        item.expect("commit", .fields([plain.x, plain.y]))
        guard item.has("index") else { return }
        let index = Int(clamping: try item.number("index"))
        guard index < 1 << 16 else { throw Case.Malformed(description: "generator index too large") }
        item.expect("hashAtIndex", .field(Pedersen.hash(inputs, offset: index)))
        let moved = Pedersen.commit(inputs, offset: index)
        item.expect("commitAtIndex", .fields([moved.x, moved.y]))
    }

    static func sha(_ item: Case) throws {
        let bytes = try item.bytes("bytes")
        let truncated = SHA256.truncatedToField(bytes)
        item.expect("sha256", .bytes(SHA256.hash(bytes)))
        item.expect("sha256Trunc", .field(truncated))
        item.expect("sha256ToField", .field(truncated))
        item.expect("sha512", .bytes(SHA512.hash(bytes)))
        item.expect("keccak256", .bytes(Keccak256.hash(bytes)))
        item.expect("keccak224", .bytes(Keccak224.hash(bytes)))
        item.expect("sha256ReducedToFr", .field(SHA256.reducedToField(bytes)))
    }

    static func shaOfFields(_ item: Case) throws {
        item.expect("sha256ToField", .field(SHA256.truncatedToField(try item.fields("fields"))))
    }

    static func compression(_ item: Case) throws {
        let state = try words(item.input("state"), 8)
        let block = try words(item.input("block"), 16)
        var working: SHA256.State = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7])
        SHA256.compress(&working, block: block)
        let out = [working.0, working.1, working.2, working.3, working.4, working.5, working.6, working.7]
        item.expect("out", .list(out.map { .number(Int($0)) }))
    }

    private static func words(_ list: JSONElement, _ count: Int) throws -> [UInt32] {
        let words = list.elements.compactMap { $0.uint64.flatMap(UInt32.init(exactly:)) }
        guard words.count == count, list.count == count else { throw Case.Malformed(description: "\(list.path): not \(count) words") }
        return words
    }

    static func keccak(_ item: Case) throws {
        var lanes = try item.input("in").elements.map { lane -> UInt64 in
            let bytes = try Case.bytes(lane)
            guard bytes.count == 8 else { throw Case.Malformed(description: "a lane has 8 bytes") }
            return bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard lanes.count == 25 else { throw Case.Malformed(description: "a state has 25 lanes") }
        KeccakF1600.permute(&lanes)
        item.expect("out", .list(lanes.map { lane in
            .bytes((0..<8).map { UInt8(truncatingIfNeeded: lane >> UInt64(56 - 8 * $0)) })
        }))
    }

    static func grumpkinScalar(_ item: Case) throws {
        let secret = try item.field("fr")
        let separator = UInt32(truncatingIfNeeded: try item.number("u32"))
        item.expect("sha512ToGrumpkinScalar", .field(SHA512.grumpkinScalar(secret, separator: separator)))
    }

    static func packing(_ item: Case) throws {
        let bytes = try item.bytes("bytes")
        let target = Int(clamping: try item.number("target"))
        guard target <= 1 << 16 else { throw Case.Malformed(description: "target too large") }
        let fields = try? FieldPacking.fields(of: bytes, length: target)
        item.expect("bufferAsFields", fields.map { .fields($0) } ?? .refused)
        item.expect("back", .bytes(fields.flatMap { FieldPacking.bytes(of: $0) }))
        item.expect("targetTooSmall", .attempt { .fields(try FieldPacking.fields(of: bytes, length: (bytes.count + 30) / 31)) })
    }
}
