import Bytes
import Field
import Hashing
import JSON

enum FieldCases {
    static let sections: [String: CryptoConformance.Section] = [
        "frArithmetic": arithmetic, "frSqrt": squareRoot, "fq": baseField, "fromBufferReduce": reduce,
        "parseText": parseText, "parseBytes": parseBytes,
    ]

    static func arithmetic(_ item: Case) throws {
        let a = try item.field("a")
        let b = try item.field("b")
        item.expect("add", .field(a + b))
        item.expect("sub", .field(a - b))
        item.expect("mul", .field(a * b))
        item.expect("squareA", .field(a.squared()))
        item.expect("div", .field(b.inverse().map { a * $0 }))
        item.expect("integerDiv", .field(quotient(a.integer, b.integer)))
        item.expect("lt", .bool(a < b))
        item.expect("cmp", .number(a < b ? -1 : a == b ? 0 : 1))
        item.expect("equals", .bool(a == b))
        // The reference cannot negate zero: p itself is out of its range. Ours gives zero, which is not at stake.
        item.expect("negateA", a.isZero ? .refused : .field(-a))
    }

    /// Integer quotient by long division on bits; nil for division by zero.
    static func quotient(_ a: Limbs4, _ b: Limbs4) -> Fr? {
        guard !b.isZero else { return nil }
        var remainder = Limbs4.zero
        var result = Fr.zero
        for bit in (0..<256).reversed() {
            remainder = remainder.addingWrapping(remainder)
            if a.bit(bit) { remainder = remainder.addingWrapping(Limbs4(1, 0, 0, 0)) }
            result = result.doubled()
            if !(remainder < b) {
                remainder = remainder.subtractingWrapping(b)
                result += 1
            }
        }
        return result
    }

    static func squareRoot(_ item: Case) throws {
        let root = try item.field("a").squareRoot()
        // Which of the two roots is not specified.
        item.expect("sqrt", root?.hex ?? "null") { expected in
            guard let root else { return expected.isNull }
            return expected.string == root.hex || expected.string == (-root).hex
        }
    }

    static func baseField(_ item: Case) throws {
        let a = try item.field("a", Fq.self)
        let b = try item.field("b", Fq.self)
        item.expect("add", .field(a + b))
        let halves = a.lowAndHigh
        item.expect("lo", .field(halves.low))
        item.expect("hi", .field(halves.high))
        item.expect("fields", .fields([halves.low, halves.high]))
        item.expect("fromHighLow", .field(Fq(high: halves.high, low: halves.low)))
    }

    static func reduce(_ item: Case) throws {
        let bytes = try item.bytes("bytes")
        item.expect("fr", .field(Fr(reducing: bytes)))
        item.expect("fq", .field(Fq(reducing: bytes)))
    }

    static func parseText(_ item: Case) throws {
        let text = try item.string("text")
        let raw = FieldText.parse(text)
        item.expect("fromString", .bytes(raw))
        item.expect("fromHexString", .bytes(FieldText.parseHex(text)))
        item.expect("jsonSchema", .bytes(FieldText.parseJSON(text)))
        item.expect("numericUse", raw.flatMap { Fr(canonical: $0) }.map { .text($0.integer.decimal) } ?? .refused)
        item.expect("address", .bytes(addressText(text)))
    }

    /// 64 hex digits with or without `0x`; the value is not looked at.
    static func addressText(_ text: String) -> [UInt8]? {
        guard let bytes = Hex.decode(text), bytes.count == 32 else { return nil }
        return bytes
    }

    static func parseBytes(_ item: Case) throws {
        let bytes = try item.bytes("bytes")
        item.expect("fromBuffer", .bytes(bytes.count < 32 ? nil : Array(bytes[..<32])))
        item.expect("constructor", .bytes(bytes.count > 32 ? nil : [UInt8](repeating: 0, count: 32 - bytes.count) + bytes))
        item.expect("asAddress", .bytes(bytes.count == 32 ? bytes : nil))
        item.expect("fqFromBuffer", .bytes(bytes.count < 32 ? nil : Array(bytes[..<32])))
        // Numeric use: here a non-canonical value is refused, by the reference late, by this implementation at parse.
        let value = Fr(canonical: bytes)
        item.expect("toBigInt", value.map { .text($0.integer.decimal) } ?? .refused)
        item.expect("addOne", .field(value.map { $0 + 1 }))
        item.expect("poseidon2Hash", .field(value.map { Poseidon2.hash([$0]) }))
        item.expect("fqToBigInt", Fq(canonical: bytes).map { .text($0.integer.decimal) } ?? .refused)
    }
}
