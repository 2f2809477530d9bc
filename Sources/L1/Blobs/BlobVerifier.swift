import Blobs

/// Decides whether a blob belongs to its commitment.
public struct BlobVerifier: Sendable {
    public let check: @Sendable (BlobCandidate) -> Bool

    public init(_ check: @escaping @Sendable (BlobCandidate) -> Bool) { self.check = check }

    /// By KZG. A valid sidecar proof settles a full blob for a fraction of the price; without one, or for a blob that is
    /// mostly zeros, the commitment is computed anew. A wrong proof alone refuses nothing, as proofs are not part of
    /// what L1 vouches for.
    public init(_ kzg: KZG) {
        self.init { candidate in
            guard let blob = try? Blob(bytes: candidate.blob), let commitment = KZGPoint(bytes: candidate.commitment) else { return false }
            let used = candidate.blob.lastIndex { $0 != 0 }.map { $0 / 32 + 1 } ?? 0
            if used > Self.cheapElements, let proof = candidate.proof.flatMap({ KZGPoint(bytes: $0) }),
               (try? kzg.verify(blob, commitment: commitment, sidecarProof: proof)) == true {
                return true
            }
            return (try? kzg.commit(to: blob)) == commitment
        }
    }

    /// Blobs with no more elements than this are committed to faster than a proof is verified.
    static let cheapElements = 512
}
