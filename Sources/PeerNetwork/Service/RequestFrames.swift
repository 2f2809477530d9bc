import Compression

/// Collects a request from the frames of a stream. The reference reads each frame as a request of its own and so
/// expects one frame; we take any cut of it («note 07 §7.1»).
public struct RequestReader: Sendable {
    public enum Step: Equatable, Sendable {
        case incomplete
        /// Complete; whatever follows is ignored.
        case request([UInt8])
        /// The peer sent nothing at all and closed: there is nothing to answer.
        case nothing
        case refused(String)
    }

    private let kind: RequestProtocol
    private var bytes: [UInt8] = []

    public init(_ kind: RequestProtocol) { self.kind = kind }

    public mutating func receive(_ frame: ArraySlice<UInt8>) -> Step {
        guard bytes.count + frame.count <= RequestProtocol.maxRequestBytes else {
            return .refused("request longer than \(RequestProtocol.maxRequestBytes) bytes")
        }
        bytes += frame
        return bytes.count >= kind.requestBytes && !bytes.isEmpty ? .request(bytes) : .incomplete
    }

    /// The peer has closed its side before the request was complete.
    public func end() -> Step { bytes.isEmpty ? .nothing : .refused("request of \(bytes.count) bytes, \(kind.requestBytes) are needed") }
}

/// What came back for a request.
public struct RequestResponse: Equatable, Sendable {
    public var status: ResponseStatus
    /// Uncompressed.
    public var data: [UInt8]
    /// Why the bytes could not be read, if so; the status is then `unknown`.
    public var problem: String?

    public init(_ status: ResponseStatus, _ data: [UInt8] = [], problem: String? = nil) {
        self.status = status
        self.data = data
        self.problem = problem
    }
}

/// Collects a response: first byte the status, the rest one snappy block up to the end of the stream («note 07 §7.1»).
/// Where frames are cut makes no difference, though the reference always sends the status in a frame of its own.
public struct ResponseReader: Sendable {
    private let limit: Int
    private var status: ResponseStatus?
    private var compressed: [UInt8] = []
    private var isLengthChecked = false

    /// `limit`: bytes of the uncompressed response.
    public init(limit: Int) { self.limit = limit }

    /// Most bytes that snappy makes of `limit`, plus the status: what a response may take on the stream.
    public static func wireLimit(_ limit: Int) -> Int { 33 + limit + limit / 6 }

    /// False when no acceptable response can come any more: the stream should be reset.
    public mutating func receive(_ frame: ArraySlice<UInt8>) -> Bool {
        var rest = frame
        if status == nil, let first = rest.popFirst() { status = ResponseStatus(wire: first) }
        guard compressed.count + rest.count < Self.wireLimit(limit) else { return false }
        compressed += rest
        if !isLengthChecked, let declared = Self.declaredLength(compressed) {
            isLengthChecked = true
            return declared <= limit
        }
        return true
    }

    /// The peer has closed its side.
    public func end() -> RequestResponse {
        guard let status else { return RequestResponse(.unknown, problem: "no status") }
        guard !compressed.isEmpty else { return RequestResponse(status) }
        do { return RequestResponse(status, try Snappy.decompress(compressed, limit: limit)) } catch {
            return RequestResponse(.unknown, problem: "\(error)")
        }
    }

    /// The frames of a response, in order: the status, and the compressed data if there is any.
    public static func frames(_ status: ResponseStatus, _ data: [UInt8] = []) -> [[UInt8]] {
        data.isEmpty ? [[status.rawValue]] : [[status.rawValue], Snappy.compress(data)]
    }

    /// Snappy's length header; nil while it is incomplete (one that never ends is found out by decompressing).
    private static func declaredLength(_ bytes: [UInt8]) -> Int? {
        var value = 0
        for (index, byte) in bytes.prefix(5).enumerated() {
            value |= Int(byte & 0x7f) << (7 * index)
            if byte < 0x80 { return value }
        }
        return bytes.count >= 5 ? .max : nil
    }
}

/// The request of the block protocol: a block's number as a field element.
public enum BlockRequest {
    /// Nil when no block has it: shorter than a field element, or beyond 64 bits.
    public static func number(_ request: [UInt8]) -> UInt64? {
        guard request.count >= 32, request[..<24].allSatisfy({ $0 == 0 }) else { return nil }
        return request[24..<32].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
