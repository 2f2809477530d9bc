import Hashing

extension KZG {
    /// Whether `proof` shows that the committed polynomial has value y at z; throws when a point is malformed.
    public func verify(_ commitment: KZGCommitment, z: BLSScalar, y: BLSScalar, proof: KZGProof) throws(KZGError) -> Bool {
        let c = try commitment.decoded("commitment")
        let p = try proof.decoded("proof")
        // e(C − [y]G + [z]π, G2) = e(π, [τ]G2)
        let left = SmallMultiScalar.sum([(p, z.canonical), (G1.generator, (-y).canonical)]) + c
        return Pairing.productIsOne([(left.affine, generatorLines), (-p, tauLines)])
    }

    /// Whether the sidecar proof holds for blob and commitment.
    public func verify(_ blob: Blob, commitment: KZGCommitment, sidecarProof: KZGProof) throws(KZGError) -> Bool {
        _ = try commitment.decoded("commitment")
        let z = KZG.sidecarChallenge(blob, commitment)
        return try verify(commitment, z: z, y: evaluate(blob, at: z), proof: sidecarProof)
    }

    /// All sidecar proofs at once, by a random linear combination drawn from the inputs; true for none.
    public func verify(_ blobs: [Blob], commitments: [KZGCommitment], sidecarProofs: [KZGProof]) throws(KZGError) -> Bool {
        guard blobs.count == commitments.count, blobs.count == sidecarProofs.count else {
            throw .counts(blobs: blobs.count, commitments: commitments.count, proofs: sidecarProofs.count)
        }
        var openings: [Opening] = []
        for index in blobs.indices {
            let z = KZG.sidecarChallenge(blobs[index], commitments[index])
            openings.append(Opening(commitment: commitments[index], z: z, y: try evaluate(blobs[index], at: z), proof: sidecarProofs[index]))
        }
        return try verify(openings)
    }

    /// A claimed opening: the committed polynomial has value y at z.
    public struct Opening: Sendable {
        public var commitment: KZGCommitment
        public var z: BLSScalar
        public var y: BLSScalar
        public var proof: KZGProof

        public init(commitment: KZGCommitment, z: BLSScalar, y: BLSScalar, proof: KZGProof) {
            self.commitment = commitment
            self.z = z
            self.y = y
            self.proof = proof
        }
    }

    /// All openings with one pairing product; true for none.
    public func verify(_ openings: [Opening]) throws(KZGError) -> Bool {
        guard !openings.isEmpty else { return true }
        var transcript = Array("RCKZGBATCH___V1_".utf8)
        for count in [Blob.elementCount, openings.count] {
            for shift in stride(from: 56, through: 0, by: -8) { transcript.append(UInt8(truncatingIfNeeded: count >> shift)) }
        }
        for opening in openings { transcript += opening.commitment.bytes + opening.z.bytes + opening.y.bytes + opening.proof.bytes }
        let r = BLSScalar(reducing: SHA256.hash(transcript))
        var weight = BLSScalar.one
        var ySum = BLSScalar.zero
        var left: [(point: G1, scalar: BLSScalar)] = []
        var right: [(point: G1, scalar: BLSScalar)] = []
        for opening in openings {
            let proof = try opening.proof.decoded("proof")
            left.append((try opening.commitment.decoded("commitment"), weight.canonical))
            left.append((proof, (weight * opening.z).canonical))
            right.append((proof, weight.canonical))
            ySum += weight * opening.y
            weight *= r
        }
        left.append((G1.generator, (-ySum).canonical))
        return Pairing.productIsOne([
            (SmallMultiScalar.sum(left).affine, generatorLines), ((-SmallMultiScalar.sum(right)).affine, tauLines),
        ])
    }
}
