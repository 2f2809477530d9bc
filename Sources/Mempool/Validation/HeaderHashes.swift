public import Field
public import Protocol
import PublicExecution

/// Hashes of historical headers: nine permutations each, and most transactions share the newest few headers.
public struct HeaderHashes {
    private var known = BoundedCache<BlockHeader, Fr>(limit: 256)

    public init() {}

    public mutating func hash(of header: BlockHeader) -> Fr {
        if let hash = known.value(header) { return hash }
        let hash = header.hash()
        known.insert(header, hash)
        return hash
    }
}
