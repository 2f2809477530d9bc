import Bytes
import Hashing
import Protocol

/// `propose`'s blobInput: a count, then 192 bytes a blob (note 05 §4).
public struct BlobInput: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var versionedHash: Bytes32
        public var z: Bytes32
        public var y: Bytes32
        /// 48 bytes.
        public var commitment: [UInt8]
        /// 48 bytes.
        public var proof: [UInt8]
    }

    public var entries: [Entry]

    /// Bytes behind the last entry are allowed, as on L1.
    public init(_ bytes: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(bytes)
        let count = Int(try reader.readUInt8("blob count"))
        guard count * 192 <= reader.remaining else { throw DecodingError("blob input: \(count) blobs do not fit in \(reader.remaining) bytes", at: 1) }
        entries = []
        for _ in 0..<count {
            let hash = try Bytes32(from: &reader), z = try Bytes32(from: &reader), y = try Bytes32(from: &reader)
            entries.append(Entry(
                versionedHash: hash, z: z, y: y, commitment: Array(try reader.read(48, "commitment")), proof: Array(try reader.read(48, "proof"))))
        }
    }

    public var versionedHashes: [Bytes32] { entries.map(\.versionedHash) }

    /// Whether every hash is that of its commitment.
    public var hashesMatchCommitments: Bool {
        entries.allSatisfy { [0x01] + SHA256.hash($0.commitment).dropFirst() == $0.versionedHash.bytes }
    }
}
