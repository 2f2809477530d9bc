/// Why a frame halted. Consensus sees only that it did; the text is what RPC simulation shows.
public struct HaltReason: Error, Sendable, Equatable {
    public var message: String

    public init(_ message: String) { self.message = message }
}
