import Blobs
import Bytes
import Field
import Hashing
import JSON
import Protocol

/// Blobs of blocks, raw KZG openings and what is refused.
enum BlobCases {
    static let sections: [String: CryptoConformance.Section] = [
        "cases": block, "kzg": opening, "verify": verify, "badBlobs": badBlob, "decodeFields": decodeFields,
        "blobFromJson": fromJSON, "overfull": overfull,
    ]

    /// The setup is read for the first case that needs it.
    static let setup = Result { try KZG() }

    /// Fields of a whole block over its blobs.
    static func block(_ item: Case) throws {
        let kzg = try setup.get()
        item.ignore("txEffectLengths")
        let fields = try item.fields("fields")
        let blobs = try OpenedBlob.blobs(of: fields, kzg: kzg)
        item.expect("fieldsHash", .field(blobs[0].fieldsHash))
        item.expect("blobs", .list(try blobs.map { blob in
            let commitmentFields = blob.commitment.fields
            return .object([
                ("commitment", .bytes(blob.commitment.bytes)), ("commitmentFields", .fields([commitmentFields.0, commitmentFields.1])),
                ("versionedHash", .bytes(blob.commitment.versionedHash)), ("z", .field(blob.z)), ("y", .bytes(blob.y.bytes)),
                ("proof", .bytes(blob.proof.bytes)),
                ("sidecarProof", .bytes(try kzg.sidecarProof(blob.blob, commitment: blob.commitment).bytes)),
                ("evaluationInputs", .bytes(blob.evaluationInput)), ("dataSha256", .bytes(SHA256.hash(blob.blob.bytes))),
                ("toBufferSha256", .bytes(SHA256.hash(try reread(blob).serialized))),
            ])
        }))
        item.expect("blobInput", .bytes(blobs.blobInput))
        item.expect("blobsHash", .field(blobs.blobsHash))
        item.expect("encodedFieldsOfAll", framedCount(blobs.flatMap(\.blob.bytes)))
        item.expect("decodeEachBlobAlone", .list(blobs.map { framedCount($0.blob.bytes) }))
        // The reference frames each blob by itself when it reads its JSON; ours only where these cases ask for it.
        item.expect("jsonRoundTripEach", .list(blobs.enumerated().map { index, blob in
            .attempt {
                let sidecar = try BlobSidecar(json: JSONDocument.parse(blob.sidecar(index: UInt64(index)).jsonBytes).root)
                guard sidecar.isAuthentic(kzg) else { throw Case.Malformed(description: "another commitment") }
                _ = try BlobFraming.payload(of: sidecar.blob.bytes[...])
                return .text("ok")
            }
        }))
    }

    private static func reread(_ blob: OpenedBlob) throws -> OpenedBlob { try OpenedBlob(exactly: blob.serialized) }

    private static func framedCount(_ bytes: [UInt8]) -> Outcome {
        .attempt { .number(try BlobFraming.payload(of: bytes[...]).count / 32) }
    }

    static func opening(_ item: Case) throws {
        let kzg = try setup.get()
        item.ignore("rule")
        let first = try item.field("firstElement")
        let count = Int(clamping: try item.number("count"))
        guard count <= Blob.elementCount else { throw Case.Malformed(description: "more elements than a blob has") }
        let blob = try Blob(fields: (0..<count).map { first + Fr(UInt64($0)) })
        let commitment = try kzg.commit(to: blob)
        item.expect("commitment", .bytes(commitment.bytes))
        // Cases without z have the sidecar's proof, which is verified against the blob.
        guard item.has("z") else {
            let proof = try kzg.sidecarProof(blob, commitment: commitment)
            item.expect("blobProof", .bytes(proof.bytes))
            item.expect("verifies", .attempt { .bool(try kzg.verify(blob, commitment: commitment, sidecarProof: proof)) })
            return
        }
        guard let z = BLSScalar(bytes: try item.bytes("z")) else { throw Case.Malformed(description: "z is no scalar") }
        let (proof, y) = try kzg.open(blob, at: z)
        item.expect("y", .bytes(y.bytes))
        item.expect("proof", .bytes(proof.bytes))
        item.expect("verifies", .attempt { .bool(try kzg.verify(commitment, z: z, y: y, proof: proof)) })
    }

    static func verify(_ item: Case) throws {
        let kzg = try setup.get()
        item.ignore("label")
        let (commitment, proof) = (KZGPoint(bytes: try item.bytes("commitment")), KZGPoint(bytes: try item.bytes("proof")))
        let (z, y) = (BLSScalar(bytes: try item.bytes("z")), BLSScalar(bytes: try item.bytes("y")))
        item.expect("verifies", .attempt {
            guard let commitment, let proof, let z, let y else { return .refused }
            return .bool(try kzg.verify(commitment, z: z, y: y, proof: proof))
        })
    }

    /// A zero blob with one element, or one of another length.
    static func badBlob(_ item: Case) throws {
        let kzg = try setup.get()
        var bytes = [UInt8](repeating: 0, count: Blob.byteCount)
        if item.has("blobLength") {
            bytes = [UInt8](repeating: 0, count: min(Int(clamping: try item.number("blobLength")), 4 * Blob.byteCount))
        } else {
            let element = try item.bytes("element2")
            guard element.count == 32 else { throw Case.Malformed(description: "an element of \(element.count) bytes") }
            bytes.replaceSubrange(64..<96, with: element)
        }
        item.expect("commitment", .attempt { .bytes(try kzg.commit(to: Blob(bytes: bytes)).bytes) })
    }

    static func decodeFields(_ item: Case) throws {
        item.ignore("label")
        var bytes = item.has("raw") ? try item.bytes("raw") : try item.input("words").elements.flatMap { try Case.bytes($0) }
        bytes += [UInt8](repeating: 0, count: max(0, Blob.byteCount - bytes.count))
        item.expect("decodedCount", framedCount(bytes))
    }

    /// A blob as sinks serve it; the recording leaves out the zeros at the end of its text.
    static func fromJSON(_ item: Case) throws {
        let kzg = try setup.get()
        item.ignore("label")
        let json = try item.input("json")
        func member(_ name: String) -> String { json[name]?.string ?? "" }
        var digits = member("blob").prefix { $0 != "…" }
        if digits.count < 2 + 2 * Blob.byteCount { digits += String(repeating: "0", count: 2 + 2 * Blob.byteCount - digits.count) }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in [("blob", String(digits)), ("index", member("index")), ("kzg_commitment", member("kzg_commitment")), ("kzg_proof", member("kzg_proof"))] {
            writer.key(name)
            writer.value(text)
        }
        writer.endObject()
        let isPlain = try item.input("result").string == "ok"
        item.expect("result", .attempt {
            let sidecar = try BlobSidecar(json: JSONDocument.parse(writer.bytes).root)
            guard sidecar.isAuthentic(kzg) else { throw Case.Malformed(description: "another commitment") }
            let payload = try BlobFraming.payload(of: sidecar.blob.bytes[...])
            if isPlain { return .text("ok") }
            let fields = try sidecar.blob.fields().prefix(payload.count / 32)
            let z = sidecar.commitment.challenge(fieldsHash: Poseidon2.hash(Array(fields)))
            return .object([("z", .field(z)), ("commitment", .bytes(sidecar.commitment.bytes))])
        })
    }

    static func overfull(_ item: Case) throws {
        let count = Int(clamping: try item.number("fields"))
        guard count <= 1 << 20 else { throw Case.Malformed(description: "\(count) fields") }
        item.expect("fromFields", .attempt {
            _ = try Blob(fields: [Fr](repeating: .one, count: count))
            return .text("ok")
        })
    }
}
