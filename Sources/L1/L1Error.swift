/// Why something asked of L1 (or of a blob source) was not had. Printed, it names the host (never its credentials), the
/// method and what to do.
public struct L1Error: Error, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// No answer: connecting, transport, time-out, server error.
        case unreachable
        /// Too many requests for the moment or for the day.
        case rateLimited
        /// 401/403: the key is missing or wrong.
        case unauthorized
        /// Not JSON, not JSON-RPC, or a result of another shape.
        case badAnswer
        case wrongChain(expected: UInt64, got: UInt64)
        /// The call was executed and reverted.
        case reverted(RevertReason)
        /// More logs or blocks than the host gives at once.
        case rangeTooLarge
        /// The host does not know the block (behind, or state discarded).
        case unknownBlock
        /// The host does not offer the method.
        case unsupported
        /// The host refused the request itself.
        case refused(code: Int)
        /// There is no contract (or no such function) at the address.
        case noContract
        /// No host of the kind is configured.
        case noHost
        /// No source has (all of) a block's blobs.
        case blobsMissing
        /// A blob that does not belong to its commitment.
        case badBlob
        /// A transaction, event or header that contradicts itself or the chain.
        case inconsistent
        case cancelled
    }

    public var kind: Kind
    public var host: String?
    public var method: String?
    public var message: String
    /// What the operator can do, if anything.
    public var advice: String?
    /// When trying again makes sense.
    public var retryAfter: Duration?
    /// What each host said, when several were asked.
    public var causes: [L1Error]

    public init(
        _ kind: Kind, host: String? = nil, method: String? = nil, _ message: String, advice: String? = nil,
        retryAfter: Duration? = nil, causes: [L1Error] = []
    ) {
        self.kind = kind
        self.host = host
        self.method = method
        self.message = message
        self.advice = advice
        self.retryAfter = retryAfter
        self.causes = causes
    }

    public var description: String {
        var text = ""
        if let host { text += host + ": " }
        if let method { text += method + ": " }
        text += message
        if !causes.isEmpty { text += " [" + causes.map(\.description).joined(separator: "; ") + "]" }
        if let advice { text += " (\(advice))" }
        return text
    }
}
