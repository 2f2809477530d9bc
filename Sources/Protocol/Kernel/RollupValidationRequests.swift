public import Bytes
public import Field

/// What private execution left for the rollup to check.
public struct RollupValidationRequests: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var maxBlockNumber: MaxBlockNumber

    public init(maxBlockNumber: MaxBlockNumber = .none) { self.maxBlockNumber = maxBlockNumber }

    public static let byteCount = MaxBlockNumber.byteCount

    public init(from reader: inout ByteReader) throws(DecodingError) { maxBlockNumber = try MaxBlockNumber(from: &reader) }
    public func write(to writer: inout ByteWriter) { maxBlockNumber.write(to: &writer) }
    public func append(to fields: inout [Fr]) { maxBlockNumber.append(to: &fields) }
}
