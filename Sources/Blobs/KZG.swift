import Hashing

/// EIP-4844 commitments over the ceremony's setup: commit, open, verify. Immutable, usable from any thread.
public final class KZG: Sendable {
    let commitments: LagrangeSum
    let generatorLines: PreparedG2
    let tauLines: PreparedG2

    /// `vector` false takes the scalar path where the processor has the vector instructions too.
    public init(_ setup: TrustedSetup, vector: Bool = true) throws(KZGError) {
        let vector = vector && VectorAdder.isSupported
        commitments = LagrangeSum(try LagrangeSum.points(of: setup, vector: vector), vector: vector)
        do {
            generatorLines = PreparedG2(try G2(compressed: setup.powerG2(0)))
            tauLines = PreparedG2(try G2(compressed: setup.powerG2(1)))
        } catch {
            throw .setup("\(error)")
        }
    }

    /// With the setup file of `TrustedSetup.find`.
    public convenience init() throws(KZGError) { try self.init(TrustedSetup.find()) }

    /// Whether this processor has the instructions of the vector path.
    public static var hasVectorUnit: Bool { VectorAdder.isSupported }

    /// Bytes that the setup's points take: about 1 MB.
    public var pointBytes: Int { commitments.memory }

    // MARK: Prove

    /// Throws `elementTooLarge` for a blob that is no polynomial.
    public func commit(to blob: Blob) throws(KZGError) -> KZGCommitment {
        KZGPoint(commitments.sum(try blob.plainScalars()).affine)
    }

    /// Proof that the blob's polynomial has value y at z.
    public func open(_ blob: Blob, at z: BLSScalar) throws(KZGError) -> (proof: KZGProof, y: BLSScalar) {
        let (y, quotient) = Polynomial.open(try blob.plainScalars(), at: z, quotient: true)
        return (KZGPoint(commitments.sum(quotient).affine), y.montgomery)
    }

    /// The value alone.
    public func evaluate(_ blob: Blob, at z: BLSScalar) throws(KZGError) -> BLSScalar {
        Polynomial.open(try blob.plainScalars(), at: z, quotient: false).y.montgomery
    }

    /// The proof that travels in a transaction's sidecar: an opening at EIP-4844's own challenge.
    public func sidecarProof(_ blob: Blob, commitment: KZGCommitment) throws(KZGError) -> KZGProof {
        _ = try commitment.decoded("commitment")
        return try open(blob, at: KZG.sidecarChallenge(blob, commitment)).proof
    }

    /// EIP-4844 `compute_challenge`.
    public static func sidecarChallenge(_ blob: Blob, _ commitment: KZGCommitment) -> BLSScalar {
        var hash = SHA256()
        hash.update(Array("FSBLOBVERIFY_V1_".utf8))
        hash.update([UInt8](repeating: 0, count: 14) + [0x10, 0x00])
        blob.bytes.withUnsafeBytes { hash.update($0) }
        hash.update(commitment.bytes)
        return BLSScalar(reducing: hash.finalize())
    }
}
