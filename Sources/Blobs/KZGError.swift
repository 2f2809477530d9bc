/// Why a blob, point, scalar or setup was refused.
public enum KZGError: Error, Equatable, Sendable, CustomStringConvertible {
    case blobLength(Int)
    /// Index of a blob element that is not below the scalar field's modulus.
    case elementTooLarge(Int)
    /// Index of a blob element that is not below BN254's modulus, so no field of a block.
    case notAField(Int)
    case overfilled(fields: Int, maximum: Int)
    case scalar(String)
    case point(String, PointError)
    case counts(blobs: Int, commitments: Int, proofs: Int)
    case setup(String)
    case record(String)

    public var description: String {
        switch self {
        case .blobLength(let count): "blob: \(count) bytes instead of \(Blob.byteCount)"
        case .elementTooLarge(let index): "blob: element \(index) is not below the scalar field's modulus"
        case .notAField(let index): "blob: element \(index) is not below BN254's modulus"
        case .overfilled(let fields, let maximum): "\(fields) fields do not fit, the maximum is \(maximum)"
        case .scalar(let what): "\(what): not 32 bytes below the scalar field's modulus"
        case .point(let what, let error): "\(what): \(error)"
        case .counts(let blobs, let commitments, let proofs):
            "\(blobs) blobs, \(commitments) commitments and \(proofs) proofs do not pair up"
        case .setup(let reason): "trusted setup: \(reason)"
        case .record(let reason): "blob record: \(reason)"
        }
    }
}
