public import Bytes
import PeerIdentity

/// Cuts a gossip stream into frames, however it is chunked. Holds no more than was received.
public struct FrameReader: Sendable {
    private var rest: ArraySlice<UInt8> = []
    private let limit: Int

    /// `limit`: bytes of a frame's body.
    public init(limit: Int) { self.limit = limit }

    /// Bytes held.
    public var count: Int { rest.count }

    public mutating func append(_ bytes: ArraySlice<UInt8>) {
        if rest.isEmpty { rest = bytes } else { rest.append(contentsOf: bytes) }
    }

    /// The next frame's body; nil until more is appended. Throws when the frame is longer than allowed: the stream is lost then.
    public mutating func next() throws(DecodingError) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        switch Varint.parse(rest, maximumLength: 8) {
        case .incomplete: return nil
        case .invalid: throw DecodingError("gossip frame: malformed length")
        case .value(let value, let length):
            guard value <= UInt64(limit) else { throw DecodingError("gossip frame: \(value) bytes, \(limit) allowed") }
            let start = rest.startIndex + length
            guard rest.endIndex - start >= Int(value) else { return nil }
            let frame = rest[start..<(start + Int(value))]
            rest = rest[frame.endIndex...]
            return frame
        }
    }

    /// To be called when `next` has returned nil: lets go of the buffers that the frames were parts of.
    public mutating func settle() {
        if rest.isEmpty { rest = [] } else if rest.startIndex != 0 || !isOwn { rest = ArraySlice(Array(rest)) }
        isOwn = !rest.isEmpty
    }

    private var isOwn = false
}
