import Bytes
import PeerIdentity

/// Why a negotiation ended without a protocol.
public enum MultistreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A length of more than two bytes.
    case lengthTooLong
    case messageTooLong(Int)
    case missingNewline
    /// The listener has none of the protocols proposed.
    case refused
    /// An answer that is neither the proposal nor a refusal.
    case unexpected(String)
    /// More proposals than anyone has protocols.
    case tooManyMessages

    public var description: String {
        switch self {
        case .lengthTooLong: "multistream: length of more than two bytes"
        case .messageTooLong(let count): "multistream: message of \(count) bytes"
        case .missingNewline: "multistream: message without newline"
        case .refused: "multistream: none of the protocols is supported"
        case .unexpected(let text): "multistream: unexpected answer «\(text)»"
        case .tooManyMessages: "multistream: too many messages"
        }
    }
}

/// multistream-select 1.0 («note 07 §3.2»): bytes in, bytes and the agreed protocol out. Used for security, muxer and every stream.
public struct MultistreamNegotiator: Sendable {
    public static let header = "/multistream/1.0.0"
    /// Bytes of a message with its newline.
    public static let maxMessageBytes = 1024
    /// Messages read from one peer in one negotiation.
    public static let maxMessages = 64

    public enum Outcome {
        case pending
        /// `rest` came behind the negotiation and belongs to the protocol.
        case agreed(String, rest: ArraySlice<UInt8>)
    }

    private let protocols: [String]
    /// Index of the protocol proposed; nil for a listener.
    private var proposed: Int?
    private var partial: [UInt8] = []
    private var messages = 0

    /// Proposes the protocols in order. `opening` is to be sent first.
    public init(dialing protocols: [String]) {
        precondition(!protocols.isEmpty)
        self.protocols = protocols
        proposed = 0
    }

    public init(listening protocols: [String]) {
        self.protocols = protocols
        proposed = nil
    }

    /// The dialer's header and first choice, which go out together.
    public var opening: [UInt8] { proposed.map { Self.message(Self.header) + Self.message(protocols[$0]) } ?? [] }

    public static func message(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return bytes
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        Varint.append(UInt64(text.utf8.count + 1), to: &bytes)
        bytes += text.utf8
        bytes.append(0x0a)
    }

    /// Takes any cut of the peer's bytes; what is to be sent is appended to `replies` (also when it throws afterwards).
    public mutating func receive(_ bytes: ArraySlice<UInt8>, replies: inout [UInt8]) throws(MultistreamError) -> Outcome {
        var rest = bytes
        while let text = try nextMessage(&rest) {
            messages += 1
            guard messages <= Self.maxMessages else { throw .tooManyMessages }
            if let name = try proposed == nil ? answer(text, &replies) : proceed(text, &replies) { return .agreed(name, rest: rest) }
        }
        return .pending
    }

    /// Moves bytes from `rest` until a message is whole.
    private mutating func nextMessage(_ rest: inout ArraySlice<UInt8>) throws(MultistreamError) -> String? {
        while true {
            var wanted = 1
            switch Varint.parse(partial[...], maximumLength: 2) {
            case .invalid: throw .lengthTooLong
            case .incomplete: break
            case .value(let length, let prefix):
                guard length <= UInt64(Self.maxMessageBytes) else { throw .messageTooLong(Int(length)) }
                wanted = prefix + Int(length) - partial.count
                if wanted == 0 {
                    guard length > 0, partial.last == 0x0a else { throw .missingNewline }
                    let text = String(decoding: partial[prefix..<(partial.count - 1)], as: UTF8.self)
                    partial.removeAll(keepingCapacity: true)
                    return text
                }
            }
            guard !rest.isEmpty else { return nil }
            partial += rest.prefix(wanted)
            rest = rest.dropFirst(wanted)
        }
    }

    private func answer(_ text: String, _ replies: inout [UInt8]) -> String? {
        switch text {
        case Self.header: Self.append(text, to: &replies)
        case "ls":
            var list: [UInt8] = []
            for name in protocols { Self.append(name, to: &list) }
            Varint.append(UInt64(list.count + 1), to: &replies)
            replies += list
            replies.append(0x0a)
        default:
            if protocols.contains(text) {
                Self.append(text, to: &replies)
                return text
            }
            Self.append("na", to: &replies)
        }
        return nil
    }

    private mutating func proceed(_ text: String, _ replies: inout [UInt8]) throws(MultistreamError) -> String? {
        guard let index = proposed else { return nil }
        if text == protocols[index] { return text }
        switch text {
        case Self.header: return nil
        case "na":
            guard index + 1 < protocols.count else { throw .refused }
            proposed = index + 1
            Self.append(protocols[index + 1], to: &replies)
            return nil
        default: throw .unexpected(String(text.prefix(80)))
        }
    }
}
