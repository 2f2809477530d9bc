import Bytes
import Field
import Hashing

/// One `MessageSent` event of the Inbox (note 05 §7).
public struct InboxMessage: Equatable, Sendable {
    public var l2Block: UInt64
    /// Global index: tree `l2Block` holds indices 16·(l2Block−1) ..< 16·l2Block.
    public var index: UInt64
    public var leaf: Fr
    /// 16 bytes.
    public var rollingHash: [UInt8]
    public var l1: L1BlockID

    public init(l2Block: UInt64, index: UInt64, leaf: Fr, rollingHash: [UInt8], l1: L1BlockID) {
        self.l2Block = l2Block
        self.index = index
        self.leaf = leaf
        self.rollingHash = rollingHash
        self.l1 = l1
    }
}

/// The order in which messages may follow one another (note 05 §10, Messages).
public enum InboxRules {
    public static let messagesPerBlock: UInt64 = 16
    public static let emptyRollingHash = [UInt8](repeating: 0, count: 16)

    public enum Verdict: Equatable, Sendable {
        case accepted
        /// Stored already with the same rolling hash: only its L1 block may have changed.
        case repeated
        case refused(String)
    }

    /// First 16 bytes of keccak256(previous ‖ leaf).
    public static func rollingHash(after previous: [UInt8], leaf: Fr) -> [UInt8] {
        Array(Keccak256.hash(previous + leaf.bytes).prefix(16))
    }

    /// - Parameter stored: the stored message with the same index, if any.
    public static func check(_ message: InboxMessage, after last: InboxMessage?, stored: InboxMessage?) -> Verdict {
        if let last, message.index <= last.index {
            if let stored, stored.rollingHash == message.rollingHash { return .repeated }
            return .refused("Cannot insert L1 to L2 message \(message.index) before last message \(last.index)")
        }
        let expected = rollingHash(after: last?.rollingHash ?? emptyRollingHash, leaf: message.leaf)
        guard message.rollingHash == expected else {
            return .refused("Invalid rolling hash of L1 to L2 message \(message.index): expected \(expected.hex), got \(message.rollingHash.hex)")
        }
        // Divided, not multiplied: the event's numbers are any that fit 64 bits.
        let first = message.index - message.index % messagesPerBlock
        guard message.l2Block > 0, message.index / messagesPerBlock == message.l2Block - 1 else {
            return .refused("Invalid index \(message.index) of an L1 to L2 message for block \(message.l2Block)")
        }
        if let last, last.l2Block == message.l2Block {
            guard message.index == last.index + 1 else {
                return .refused("Missing prior message of L1 to L2 message \(message.index) in block \(message.l2Block)")
            }
        } else if message.index != first {
            return .refused("First L1 to L2 message of block \(message.l2Block) has wrong index \(message.index), expected \(first)")
        }
        return .accepted
    }
}
