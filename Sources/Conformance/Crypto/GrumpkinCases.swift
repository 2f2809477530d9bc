import Bytes
import Field
import Hashing
import JSON
import Signatures

enum GrumpkinCases {
    static let sections: [String: CryptoConformance.Section] = [
        "mulGenerator": mulGenerator, "mul": mul, "add": add, "compress": compress, "fromX": fromX,
        "malformed": malformed, "schnorr": schnorr,
    ]

    static func mulGenerator(_ item: Case) throws {
        item.expect("kG", .bytes((try item.field("k", Fq.self) * GrumpkinPoint.generator).nativeBytes))
    }

    static func mul(_ item: Case) throws {
        let point = try item.point("point")
        item.expect("result", .bytes((try item.field("k", Fq.self) * point).nativeBytes))
    }

    static func add(_ item: Case) throws {
        let a = try item.point("a")
        let b = try item.point("b")
        item.expect("sum", .bytes((a + b).nativeBytes))
        item.expect("double", .bytes((a + a).nativeBytes))
        item.expect("aMinusA", .bytes((a - a).nativeBytes))
    }

    static func compress(_ item: Case) throws {
        let point = try item.point("point")
        item.expect("compressed", .bytes(point.compressed))
        item.expect("sign", .bool(point.sign))
        item.expect("onCurve", .bool(point.isOnCurve))
        item.expect("hash", .field(Poseidon2.hash(point.fields)))
        item.expect("fields", .fields(point.fields))
        item.expect("decompressed", .bytes(GrumpkinPoint(compressed: point.compressed)?.bytes64))
    }

    static func fromX(_ item: Case) throws {
        let x = try item.field("x")
        item.expect("pointSignTrue", .bytes(GrumpkinPoint(x: x, sign: true)?.bytes64))
        item.expect("pointSignFalse", .bytes(GrumpkinPoint(x: x, sign: false)?.bytes64))
        item.expect("addressIsValid", .bool(GrumpkinPoint.isValidAddress(x)))
    }

    /// Three kinds of case in one section.
    static func malformed(_ item: Case) throws {
        if item.has("compressed") {
            let bytes = try item.bytes("compressed")
            item.expect("result", .bytes(GrumpkinPoint(compressed: bytes)?.bytes64))
        } else if item.has("offCurve") {
            let bytes = try item.bytes("offCurve")
            let point = try? GrumpkinPoint(exactly: bytes)
            item.expect("parse", .bytes(point?.bytes64))
            item.expect("onCurve", point.map { .bool($0.isOnCurve) } ?? .refused)
        } else {
            item.ignore("infinitePoint")
            let infinity = GrumpkinPoint.infinity
            item.expect("toBuffer", .bytes(infinity.bytes64))
            item.expect("toFields", .fields(infinity.fields))
            item.expect("isZero", .bool(infinity.isZero))
            item.expect("onCurve", .bool(infinity.isOnCurve))
            item.expect("zeroOnCurve", .bool(GrumpkinPoint.zero.isOnCurve))
        }
    }

    static func schnorr(_ item: Case) throws {
        let key = try item.point("publicKey")
        let message = try item.bytes("message")
        let signature = try Schnorr.Signature(exactly: item.bytes("signature"))
        let tampered = try Schnorr.Signature(exactly: item.bytes("tampered"))
        item.expect("verifies", .bool(Schnorr.verify(signature, message, publicKey: key)))
        item.expect("tamperedVerifies", .bool(Schnorr.verify(tampered, message, publicKey: key)))
    }
}
