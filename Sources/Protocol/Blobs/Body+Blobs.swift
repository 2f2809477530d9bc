public import Bytes
public import Field

extension Body {
    /// Fields that the blobs of one block hold.
    public static let maximumBlobFields = ProtocolConstants.blobsPerBlock * ProtocolConstants.fieldsPerBlob

    public var blobFieldCount: Int { txEffects.reduce(0) { $0 + $1.blobFieldCount } }

    /// The block's blob fields, which may be none; nil when they are more than its blobs hold.
    public func blobFields() -> [Fr]? {
        let count = blobFieldCount
        guard count <= Self.maximumBlobFields else { return nil }
        var fields: [Fr] = []
        fields.reserveCapacity(count)
        for effect in txEffects { effect.appendBlobFields(to: &fields) }
        return fields
    }

    /// Decodes the 32-byte words of a block's effects, all of which must be used up.
    public init(blobWords: ArraySlice<UInt8>) throws(DecodingError) {
        guard blobWords.count % 32 == 0 else { throw DecodingError("blob words: \(blobWords.count) bytes are not whole words") }
        var reader = ByteReader(blobWords)
        var effects: [TxEffect] = []
        while !reader.isAtEnd {
            let start = reader.offset
            let effect = try TxEffect(blobWords: &reader)
            guard !effect.isEmpty else { throw DecodingError("body: a tx effect has no nullifier", at: start) }
            effects.append(effect)
        }
        self.init(txEffects: effects)
    }

    /// Decodes the concatenated blobs of a block, each 131,072 bytes, in the order L1 lists them.
    public init(blobs: ArraySlice<UInt8>) throws(DecodingError) {
        try self.init(blobWords: try BlobFraming.payload(of: blobs))
    }
}

/// Where the data of a block's blobs ends (note 02 §15 step 2).
public enum BlobFraming {
    /// The words up to the first zero word at the boundary of an effect. Zeros inside effects stay.
    public static func payload(of blobs: ArraySlice<UInt8>) throws(DecodingError) -> ArraySlice<UInt8> {
        guard blobs.count % 32 == 0 else { throw DecodingError("blobs: \(blobs.count) bytes are not whole words") }
        guard blobs.count <= 32 * Body.maximumBlobFields else { throw DecodingError("blobs: \(blobs.count) bytes are more than a block has") }
        var cursor = blobs.startIndex
        while cursor < blobs.endIndex {
            let word = blobs[cursor..<(cursor + 32)]
            if word.allSatisfy({ $0 == 0 }) { break }
            let offset = cursor - blobs.startIndex
            guard let (count, _) = BlobWords.parseStart(word) else { throw DecodingError("blobs: no start word at an effect's boundary", at: offset) }
            // The reference never gets past a count of 0. Counts of 1 and 2 end no block: they fail as effects.
            guard count >= 1 else { throw DecodingError("blobs: an effect of no fields", at: offset) }
            guard 32 * count <= blobs.endIndex - cursor else { throw DecodingError("blobs: an effect of \(count) fields runs past the end", at: offset) }
            cursor += 32 * count
        }
        return blobs[blobs.startIndex..<cursor]
    }
}
