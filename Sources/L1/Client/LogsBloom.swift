import Hashing
import Protocol

/// The bloom filter of a block's logs: says for sure that an address or topic is *not* there, so most blocks need no
/// `eth_getLogs`.
public struct LogsBloom: Hashable, Sendable {
    public let bytes: [UInt8]

    /// nil unless there are 256 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 256 else { return nil }
        self.bytes = bytes
    }

    /// The three bits of a value, found once and asked often.
    public struct Bits: Hashable, Sendable {
        let positions: [Int]

        public init(_ value: some Collection<UInt8>) {
            let hash = Keccak256.hash(value)
            positions = [0, 2, 4].map { (Int(hash[$0]) << 8 | Int(hash[$0 + 1])) & 2047 }
        }
    }

    public func mayContain(_ bits: Bits) -> Bool {
        bits.positions.allSatisfy { bytes[255 - $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    }
}
