/// 48 bytes that claim to be a compressed point of G1: a commitment or a proof as it travels. Whether it is
/// one is found out where it is used.
public struct KZGPoint: Hashable, Sendable {
    public static let byteCount = 48
    public let bytes: [UInt8]

    /// nil unless there are 48 bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == KZGPoint.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    init(_ point: G1) { bytes = point.compressed }

    /// The commitment of the zero polynomial.
    public static var infinity: KZGPoint { KZGPoint(.infinity) }

    func decoded(_ what: String) throws(KZGError) -> G1 {
        do { return try G1(compressed: bytes) } catch { throw .point(what, error) }
    }
}

public typealias KZGCommitment = KZGPoint
public typealias KZGProof = KZGPoint
