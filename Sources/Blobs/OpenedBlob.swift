public import Bytes
public import Field
import Hashing

/// A blob with its commitment and its opening at the block's challenge (note 02 §14): what a proposer publishes.
public struct OpenedBlob: Hashable, Sendable {
    public var blob: Blob
    /// Poseidon2 of all fields of the block, shared by its blobs.
    public var fieldsHash: Fr
    public var z: Fr
    public var y: BLSScalar
    public var commitment: KZGCommitment
    public var proof: KZGProof

    public init(blob: Blob, fieldsHash: Fr, z: Fr, y: BLSScalar, commitment: KZGCommitment, proof: KZGProof) {
        self.blob = blob
        self.fieldsHash = fieldsHash
        self.z = z
        self.y = y
        self.commitment = commitment
        self.proof = proof
    }

    /// Commits to and opens one blob of a block whose fields hash is given.
    public init(_ blob: Blob, fieldsHash: Fr, kzg: KZG) throws(KZGError) {
        let commitment = try kzg.commit(to: blob)
        let z = commitment.challenge(fieldsHash: fieldsHash)
        let (proof, y) = try kzg.open(blob, at: BLSScalar(z))
        self.init(blob: blob, fieldsHash: fieldsHash, z: z, y: y, commitment: commitment, proof: proof)
    }

    /// A block's fields over its blobs, each committed to and opened.
    public static func blobs(of fields: [Fr], maximum: Int = 3, kzg: KZG) throws(KZGError) -> [OpenedBlob] {
        let fieldsHash = Poseidon2.hash(fields)
        var opened: [OpenedBlob] = []
        for blob in try Blob.blobs(of: fields, maximum: maximum) {
            opened.append(try OpenedBlob(blob, fieldsHash: fieldsHash, kzg: kzg))
        }
        return opened
    }

    /// Whether the proof holds.
    public func verify(_ kzg: KZG) throws(KZGError) -> Bool {
        try kzg.verify(commitment, z: BLSScalar(z), y: y, proof: proof)
    }

    /// Input of the point evaluation precompile: versioned hash ‖ z ‖ y ‖ commitment ‖ proof, 192 bytes.
    public var evaluationInput: [UInt8] { commitment.versionedHash + z.bytes + y.bytes + commitment.bytes + proof.bytes }
}

extension Collection<OpenedBlob> {
    /// `propose`'s blobInput: the count as one byte, then the evaluation inputs.
    public var blobInput: [UInt8] { [UInt8(count)] + flatMap(\.evaluationInput) }

    /// The header's blobsHash.
    public var blobsHash: Fr { Blob.blobsHash(of: map(\.commitment.versionedHash)) }
}

extension Blob {
    /// The header's blobsHash from the versioned hashes of a block's blobs.
    public static func blobsHash(of versionedHashes: [[UInt8]]) -> Fr { SHA256.truncatedToField(versionedHashes.flatMap { $0 }) }
}

extension KZGPoint {
    /// EIP-4844 versioned hash of a commitment.
    public var versionedHash: [UInt8] {
        var hash = SHA256.hash(bytes)
        hash[0] = 1
        return hash
    }

    /// The commitment as two fields of 31 and 17 bytes.
    public var fields: (Fr, Fr) { (Fr(reducing: bytes[..<31]), Fr(reducing: bytes[31...])) }

    /// The point a block's blob is opened at.
    public func challenge(fieldsHash: Fr) -> Fr { Poseidon2.hash([fieldsHash, fields.0, fields.1]) }
}

// MARK: - Record of the blob sink (note 05 §11)

extension OpenedBlob: BinaryCodable {
    public init(from reader: inout ByteReader) throws(DecodingError) {
        func counted(_ count: Int, _ what: StaticString) throws(DecodingError) -> ArraySlice<UInt8> {
            let stated = try reader.readUInt32(what)
            guard stated == count else { throw reader.failure("\(what): length \(stated) instead of \(count)") }
            return try reader.read(count, what)
        }
        let data = Array(try counted(Blob.byteCount, "blob"))
        let fieldsHash = try Fr(from: &reader)
        let z = try Fr(from: &reader)
        guard let y = BLSScalar(bytes: try counted(32, "evaluation")) else { throw reader.failure("evaluation: not below the modulus") }
        guard let commitment = KZGPoint(bytes: try counted(48, "commitment")), let proof = KZGPoint(bytes: try counted(48, "proof")) else {
            throw reader.failure("commitment or proof: length")
        }
        let blob: Blob
        do { blob = try Blob(bytes: data) } catch { throw reader.failure("\(error)") }
        self.init(blob: blob, fieldsHash: fieldsHash, z: z, y: y, commitment: commitment, proof: proof)
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt32(Blob.byteCount))
        writer.write(blob.bytes)
        fieldsHash.write(to: &writer)
        z.write(to: &writer)
        writer.write(UInt32(32))
        writer.write(y.bytes)
        for point in [commitment, proof] {
            writer.write(UInt32(48))
            writer.write(point.bytes)
        }
    }
}
