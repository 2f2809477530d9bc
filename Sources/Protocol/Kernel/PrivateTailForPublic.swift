public import Bytes

/// The part of a kernel tail that only a tx with public calls has.
public struct PrivateTailForPublic: Hashable, Sendable, BinaryCodable {
    /// Kept whatever the public calls do.
    public var nonRevertibleAccumulatedData: PrivateToPublicAccumulatedData
    /// Dropped when the app logic reverts.
    public var revertibleAccumulatedData: PrivateToPublicAccumulatedData
    public var publicTeardownCallRequest: PublicCallRequest

    public static let byteCount = 2 * PrivateToPublicAccumulatedData.byteCount + PublicCallRequest.byteCount

    public init(
        nonRevertibleAccumulatedData: PrivateToPublicAccumulatedData = .init(), revertibleAccumulatedData: PrivateToPublicAccumulatedData = .init(),
        publicTeardownCallRequest: PublicCallRequest = .padding
    ) {
        self.nonRevertibleAccumulatedData = nonRevertibleAccumulatedData
        self.revertibleAccumulatedData = revertibleAccumulatedData
        self.publicTeardownCallRequest = publicTeardownCallRequest
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        nonRevertibleAccumulatedData = try PrivateToPublicAccumulatedData(from: &reader)
        revertibleAccumulatedData = try PrivateToPublicAccumulatedData(from: &reader)
        publicTeardownCallRequest = try PublicCallRequest(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        nonRevertibleAccumulatedData.write(to: &writer)
        revertibleAccumulatedData.write(to: &writer)
        publicTeardownCallRequest.write(to: &writer)
    }

    public var needsSetup: Bool { !nonRevertibleAccumulatedData.publicCallRequests[0].isEmpty }
    public var needsAppLogic: Bool { !revertibleAccumulatedData.publicCallRequests[0].isEmpty }
    public var needsTeardown: Bool { !publicTeardownCallRequest.isEmpty }

    /// Bytes of the items that are not empty.
    var nonEmptyByteCount: Int {
        nonRevertibleAccumulatedData.nonEmptyByteCount + revertibleAccumulatedData.nonEmptyByteCount
            + (needsTeardown ? PublicCallRequest.byteCount : 0)
    }
}
