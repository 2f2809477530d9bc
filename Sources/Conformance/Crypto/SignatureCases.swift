import Bytes
import Field
import JSON
import Protocol
import Signatures

enum SignatureCases {
    static let sections: [String: CryptoConformance.Section] = [
        "sign": sign, "recover": recover, "signatureText": text, "signatureBytes": bytes, "privateKeys": privateKeys,
        "ethAddress": address,
    ]

    static func sign(_ item: Case) throws {
        let key = try Secp256k1.PrivateKey(item.bytes("privateKey"))
        let message = try item.bytes("message")
        guard message.count == 32 else { throw Case.Malformed(description: "the message has 32 bytes") }
        item.expect("publicKey", .bytes([4] + key.publicKey))
        item.expect("address", .bytes(key.address))
        item.expect("addressChecksum", .text(EIP55.encode(key.address)))
        let digest = Secp256k1.ethereumDigest(message)
        item.expect("ethSignDigest", .bytes(digest))
        let signature = try key.signEthereumMessage(message)
        let form = Signature(signature)
        item.expect("signatureOverEthSign", .text(form.hex))
        item.expect("signatureBytes", .bytes(form.serialized))
        item.expect("signatureOverRaw", .text(Signature(try key.sign(digest: message)).hex))
        item.expect("recovered", .attempt {
            .bytes(try Secp256k1.recoverAddress(digest: digest, r: signature.r, s: signature.s, v: UInt64(signature.v)))
        })
    }

    static func recover(_ item: Case) throws {
        item.ignore("label")
        let digest = try item.bytes("digest")
        let r = try item.bytes("r")
        let s = try item.bytes("s")
        let v = try item.number("v")
        item.expect("recover", .attempt { .bytes(try Secp256k1.recoverAddress(digest: digest, r: r, s: s, v: v)) })
        guard let r32 = Bytes32(r), let s32 = Bytes32(s), let v32 = UInt32(exactly: v) else {
            item.expect("bytes", .refused)
            item.ignore("isEmpty")
            return
        }
        let signature = Signature(r: r32, s: s32, v: v32)
        item.expect("isEmpty", .bool(signature.isEmpty))
        item.expect("bytes", .bytes(signature.serialized))
    }

    static func text(_ item: Case) throws {
        let text = try item.input("text")
        let signature = try? Signature(json: text)
        item.expect("bytes", .bytes(signature?.serialized))
        if signature == nil, item.element["bytes"]?["throws"] != nil {
            // The reference reads a v of more than 32 bits and fails to write it: such a value never leaves the
            // parser here.
            item.ignore("schema")
            return
        }
        item.expect("schema", signature.map { parts($0, printed: true) } ?? .refused)
    }

    static func bytes(_ item: Case) throws {
        let bytes = try item.bytes("bytes")
        item.expect("result", (try? Signature(prefixOf: bytes)).map { parts($0, printed: false) } ?? .refused)
    }

    private static func parts(_ signature: Signature, printed: Bool) -> Outcome {
        let common: [(String, Outcome)] = [
            ("r", .bytes(signature.r.bytes)), ("s", .bytes(signature.s.bytes)), ("v", .number(Int(signature.v))),
            ("isEmpty", .bool(signature.isEmpty)),
        ]
        return .object(common + (printed ? [("print", .text(signature.hex)), ("bytes", .null)] : []))
    }

    static func privateKeys(_ item: Case) throws {
        let bytes = try item.bytes("privateKey")
        item.expect("result", .attempt { .bytes(try Secp256k1.PrivateKey(bytes).address) })
    }

    static func address(_ item: Case) throws {
        if item.has("field") {
            // Only the last 20 bytes count, whatever stands before them.
            let address = Array(try item.field("field").bytes[12...])
            item.expect("fromField", .bytes(address))
            item.expect("fromFields", .bytes(address))
            return
        }
        let text = try item.input("text")
        let parsed = try? EthAddress(json: text)
        item.expect("schema", parsed.map { .text($0.hex) } ?? .refused)
        item.expect("fromString", .bytes(EIP55.decode(text.string ?? "")))
        item.expect("checksum", parsed.map { .text($0.checksummed) } ?? .refused)
    }
}
