import Hashing
import JSON
import Protocol

/// Reads blob lists of sinks, beacon nodes and Blobscan. Only the blobs asked for are turned into bytes.
public enum SidecarReader {
    static let maximumDepth = 32
    /// An L1 block carries a handful; a bound against endless lists.
    static let maximumSidecars = 256
    static let blobDigits = 2 + 2 * 131_072

    /// `{"data": [{blob, kzg_commitment, kzg_proof, …}]}`.
    public static func sidecars(_ body: [UInt8], wanted: Set<Bytes32>) throws(JSONError) -> [Bytes32: BlobCandidate] {
        let root = try JSONDocument.parse(body, maximumDepth: maximumDepth).root
        let list = try root.required("data")
        guard list.isArray else { throw JSONError("a list of sidecars is expected", at: list) }
        return try collect(list, wanted: wanted, blob: "blob", commitment: "kzg_commitment", proof: "kzg_proof")
    }

    /// Blobscan's block: `{"transactions": [{"blobs": [{data, commitment, proof, …}]}]}`.
    public static func archiveBlock(_ body: [UInt8], wanted: Set<Bytes32>) throws(JSONError) -> [Bytes32: BlobCandidate] {
        let root = try JSONDocument.parse(body, maximumDepth: maximumDepth).root
        let transactions = try root.required("transactions")
        guard transactions.isArray else { throw JSONError("a list of transactions is expected", at: transactions) }
        var found: [Bytes32: BlobCandidate] = [:]
        for transaction in transactions.elements {
            guard let blobs = transaction["blobs"], blobs.isArray else { continue }
            found.merge(try collect(blobs, wanted: wanted, blob: "data", commitment: "commitment", proof: "proof")) { first, _ in first }
        }
        return found
    }

    /// Entries that are no sidecars of wanted blobs are passed over: a source may list others' blobs in other forms.
    private static func collect(
        _ list: JSONElement, wanted: Set<Bytes32>, blob: String, commitment: String, proof: String
    ) throws(JSONError) -> [Bytes32: BlobCandidate] {
        guard list.count <= maximumSidecars else { throw JSONError("\(list.count) sidecars are more than a block has", at: list) }
        var found: [Bytes32: BlobCandidate] = [:]
        for entry in list.elements {
            guard let text = entry[commitment]?.utf8, text.count == 98, let point = hexBytes(text) else { continue }
            var hash = SHA256.hash(point)
            hash[0] = 1
            guard let versioned = Bytes32(hash), wanted.contains(versioned), found[versioned] == nil else { continue }
            guard let digits = entry[blob]?.utf8, digits.count == blobDigits, let bytes = hexBytes(digits) else { continue }
            let proofBytes = entry[proof]?.utf8.flatMap { $0.count == 98 ? hexBytes($0) : nil }
            found[versioned] = BlobCandidate(blob: bytes, commitment: point, proof: proofBytes)
        }
        return found
    }
}
