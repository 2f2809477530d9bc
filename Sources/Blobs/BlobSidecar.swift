import Bytes
public import JSON

/// A blob as consensus hosts, blob sinks and archives serve it (note 05 §11).
public struct BlobSidecar: Hashable, Sendable {
    public var blob: Blob
    /// Place in the L1 block; nil when the source gave none.
    public var index: UInt64?
    public var commitment: KZGCommitment
    /// Served by sources, ignored by readers; nil when it is not 48 bytes.
    public var proof: KZGProof?

    public init(blob: Blob, index: UInt64?, commitment: KZGCommitment, proof: KZGProof?) {
        self.blob = blob
        self.index = index
        self.commitment = commitment
        self.proof = proof
    }

    /// Whether the commitment stated is the blob's own; false too for a blob that is no polynomial. Building
    /// the commitment anew needs no proof from the source.
    public func isAuthentic(_ kzg: KZG) -> Bool {
        (try? kzg.commit(to: blob)) == commitment
    }
}

extension BlobSidecar: JSONDecodable, JSONEncodable {
    /// `{blob, index, kzg_commitment, kzg_proof}`; a commitment in other than lower-case hex is refused, as the
    /// reference compares texts.
    public init(json: JSONElement) throws(JSONError) {
        let data = try json.required("blob")
        guard let text = data.utf8, text.count == 2 + 2 * Blob.byteCount, text.starts(with: [0x30, 0x78]), let bytes = Hex.decode(utf8: text[...]) else {
            throw JSONError("0x and \(2 * Blob.byteCount) hex digits are expected", at: data)
        }
        do { blob = try Blob(bytes: bytes) } catch { throw JSONError("\(error)", at: data) }
        let stated = try json.required("kzg_commitment")
        guard let text = stated.string, let bytes = Hex.decode(text), let point = KZGPoint(bytes: bytes), bytes.hex == text else {
            throw JSONError("0x and 96 lower-case hex digits are expected", at: stated)
        }
        commitment = point
        proof = json["kzg_proof"]?.string.flatMap { Hex.decode($0) }.flatMap { KZGPoint(bytes: $0) }
        index = json["index"].flatMap { $0.uint64 ?? $0.string.flatMap { UInt64($0) } }
    }

    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("blob")
        writer.value(blob.bytes.hex)
        if let index {
            writer.key("index")
            writer.value(String(index))
        }
        writer.key("kzg_commitment")
        writer.value(commitment.bytes.hex)
        if let proof {
            writer.key("kzg_proof")
            writer.value(proof.bytes.hex)
        }
        writer.endObject()
    }
}

extension OpenedBlob {
    /// The sidecar form of the blob sink, with the opening's proof.
    public func sidecar(index: UInt64) -> BlobSidecar { BlobSidecar(blob: blob, index: index, commitment: commitment, proof: proof) }
}
