import Bytes
import Field
import Hashing
import JSON

enum PoseidonCases {
    static let sections: [String: CryptoConformance.Section] = [
        "permutation": permutation, "hash": hash, "zeroInputs": zeroInputs, "largeInputs": largeInputs,
        "hashBytes": hashBytes, "blobSponge": blobSponge,
    ]

    static func permutation(_ item: Case) throws {
        let input = try item.fields("in")
        guard input.count == 4 else { throw Case.Malformed(description: "a state has four elements") }
        var state = (input[0], input[1], input[2], input[3])
        Poseidon2.permute(&state)
        item.expect("out", .fields([state.0, state.1, state.2, state.3]))
        // The eight-lane code gets every recorded state too.
        var lanes = (0..<8).flatMap { _ in input }
        Poseidon2.permuteEach(&lanes)
        item.expect("out", .fields(Array(lanes[28...])))
    }

    static func hash(_ item: Case) throws {
        let inputs = try item.fields("inputs")
        let separator = try item.number("separator")
        item.expect("len", .number(inputs.count))
        item.expect("hash", .field(Poseidon2.hash(inputs)))
        item.expect("hashWithSeparator", .field(Poseidon2.hash(inputs, separator: separator)))
        item.expect("accumulate", inputs.isEmpty ? .null : .field(Poseidon2.accumulate(inputs)))
        if !inputs.isEmpty {
            let many = Poseidon2.hashEach((0..<8).flatMap { _ in inputs }, arity: inputs.count)
            item.expect("hash", .field(many[7]))
        }
    }

    static func zeroInputs(_ item: Case) throws {
        let count = Int(clamping: try item.number("zeros"))
        guard count <= 1 << 20 else { throw Case.Malformed(description: "too many zeros") }
        item.expect("hash", .field(Poseidon2.hash([Fr](repeating: .zero, count: count))))
    }

    static func largeInputs(_ item: Case) throws {
        let first = try item.field("firstElement")
        let count = Int(clamping: try item.number("count"))
        item.ignore("rule")
        guard count <= 1 << 20 else { throw Case.Malformed(description: "too many inputs") }
        item.expect("hash", .field(Poseidon2.hash((0..<count).map { first + Fr(UInt64($0)) })))
    }

    static func hashBytes(_ item: Case) throws {
        item.expect("hash", .field(Poseidon2.hash(selectorBytes: try item.bytes("bytes"))))
    }

    static func blobSponge(_ item: Case) throws {
        let inputs = try item.fields("inputs")
        item.ignore("fieldsBeforeNote")
        var sponge = BlobSponge(expected: UInt32(clamping: inputs.count))
        var at = 0
        for chunk in try item.input("chunks").elements {
            guard let size = chunk.int, size >= 0, size <= inputs.count - at else {
                throw Case.Malformed(description: "chunks do not fit the inputs")
            }
            try sponge.absorb(Array(inputs[at..<(at + size)]))
            at += size
        }
        item.expect("bufferBeforeSqueeze", .bytes(sponge.serialized))
        let copy = try BlobSponge(exactly: sponge.serialized)
        guard copy == sponge else { throw Case.Malformed(description: "the byte form does not return") }
        item.expect("squeeze", .attempt { .field(try sponge.squeeze()) })
        item.expect("again", .attempt { .field(try sponge.squeeze()) })
    }
}
