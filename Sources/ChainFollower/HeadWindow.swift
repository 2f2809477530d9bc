public import Protocol

/// Number and hash of an L1 block.
public struct L1BlockID: Hashable, Sendable {
    public var number: UInt64
    public var hash: Bytes32

    public init(number: UInt64, hash: Bytes32) {
        self.number = number
        self.hash = hash
    }
}

/// The last L1 heads that were followed, newest last, without holes: what tells an extension from a reorg.
public struct HeadWindow: Sendable {
    public enum Change: Equatable, Sendable {
        /// The head we already have.
        case same
        /// The next block on top of ours.
        case extends
        /// Above ours with blocks between that were not seen.
        case gap
        /// An ancestor of ours: a host that lags (or a chain that has yet to show other blocks); nothing to undo.
        case behind
        /// Ours is not an ancestor.
        case reorg
    }

    public private(set) var blocks: [L1BlockID] = []
    let capacity: Int

    public init(capacity: Int = 256) { self.capacity = capacity }

    public var newest: L1BlockID? { blocks.last }

    public func classify(number: UInt64, hash: Bytes32, parentHash: Bytes32) -> Change {
        guard let newest else { return .gap }
        if number == newest.number { return hash == newest.hash ? .same : .reorg }
        if number < newest.number {
            // Below the window nothing is known: after a start or a failed step a host that lags by a block is far likelier
            // than a chain that lost so many, and such a chain shows itself when it has grown to our height.
            guard let ours = self.hash(of: number) else { return .behind }
            return ours == hash ? .behind : .reorg
        }
        if number == newest.number + 1 { return parentHash == newest.hash ? .extends : .reorg }
        return .gap
    }

    /// Adds a block; one that does not sit directly on the newest starts the window anew.
    public mutating func append(_ block: L1BlockID) {
        if let newest, block.number != newest.number + 1 { blocks.removeAll(keepingCapacity: true) }
        blocks.append(block)
        if blocks.count > capacity { blocks.removeFirst(blocks.count - capacity) }
    }

    /// Forgets blocks above `number`.
    public mutating func truncate(to number: UInt64) {
        while let newest, newest.number > number { blocks.removeLast() }
    }

    public func hash(of number: UInt64) -> Bytes32? {
        guard let first = blocks.first, number >= first.number, number - first.number < UInt64(blocks.count) else { return nil }
        return blocks[Int(number - first.number)].hash
    }
}
