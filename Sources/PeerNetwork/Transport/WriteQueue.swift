import PeerIdentity

/// What a stream has been given to send. Pieces are taken without copying, and never span two writes: a peer may read
/// meaning into frames («note 07 §7.1»).
struct WriteQueue {
    private var writes = FIFO<[UInt8]>()
    private var taken = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        writes.append(bytes)
        count += bytes.count
    }

    /// At most `limit` bytes of the first write.
    mutating func take(_ limit: Int) -> ArraySlice<UInt8> {
        guard limit > 0, let first = writes.first else { return [] }
        let end = min(first.count, taken + limit)
        let piece = first[taken..<end]
        count -= piece.count
        if end == first.count {
            _ = writes.popFirst()
            taken = 0
        } else {
            taken = end
        }
        return piece
    }

    mutating func removeAll() {
        writes.removeAll()
        taken = 0
        count = 0
    }
}
