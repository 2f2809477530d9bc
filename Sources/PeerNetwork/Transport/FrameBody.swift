/// The payload of a frame while it comes in: frames up to `wholeBytes` are handed on whole, longer ones in the pieces that arrive.
struct FrameBody {
    static let wholeBytes = 16 << 10

    private(set) var remaining = 0
    private var held: [UInt8]?

    var isEmpty: Bool { remaining == 0 }

    mutating func begin(_ length: Int, available: Int) {
        remaining = length
        held = length > available && length <= Self.wholeBytes ? [] : nil
        held?.reserveCapacity(length)
    }

    /// Takes what `rest` has of it; returns the next piece to hand on.
    mutating func take(from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let piece = rest.prefix(remaining)
        rest = rest.dropFirst(piece.count)
        remaining -= piece.count
        guard held != nil else { return piece.isEmpty ? nil : piece }
        held! += piece
        guard remaining == 0 else { return nil }
        defer { held = nil }
        return held![...]
    }
}
