public import Bytes
public import Field
import Hashing
public import JSON

/// The 3019 fields of a contract class log. Real ones are mostly zero at the end, so only what is in front of the
/// trailing zeros is kept; every form shows them all.
public struct ContractClassLogFields: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public static let size = ProtocolConstants.contractClassLogSizeInFields
    public static let byteCount = 32 * size

    /// The fields without trailing zeros.
    public private(set) var significant: [Fr]

    /// The fields whose front is `fields`, zero behind it.
    public init(_ fields: some Collection<Fr>) {
        precondition(fields.count <= Self.size, "a contract class log has \(Self.size) fields")
        significant = Array(fields)
        while significant.last?.isZero == true { significant.removeLast() }
    }

    public static let zero = ContractClassLogFields([])

    public var isEmpty: Bool { significant.isEmpty }

    public subscript(index: Int) -> Fr { index < significant.count ? significant[index] : .zero }

    /// The first `count` fields.
    public func prefix(_ count: Int) -> [Fr] {
        let count = min(count, Self.size)
        if count <= significant.count { return Array(significant.prefix(count)) }
        return significant + repeatElement(.zero, count: count - significant.count)
    }

    /// These fields with another first one.
    public func replacingFirst(with field: Fr) -> ContractClassLogFields {
        ContractClassLogFields([field] + significant.dropFirst())
    }

    /// Poseidon2 of all fields: what the kernel commits to before the first one is siloed.
    public func hash() -> Fr { Poseidon2.hash(toFields()) }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let bytes = try reader.read(Self.byteCount, "contract class log fields")
        let end = bytes.lastNonZeroIndex ?? bytes.startIndex - 1
        let count = (end - bytes.startIndex + 32) / 32
        var front = ByteReader(bytes.prefix(32 * count))
        significant = try front.readArray(count: count, minimumElementBytes: 32)
    }

    public func write(to writer: inout ByteWriter) {
        writer.writeAll(significant)
        writer.writeZeros(32 * (Self.size - significant.count))
    }

    public func append(to fields: inout [Fr]) {
        fields.append(contentsOf: significant)
        fields.append(contentsOf: repeatElement(.zero, count: Self.size - significant.count))
    }
}

extension ContractClassLogFields: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("fields", toFields())
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) { self.init(try json.decodeArray("fields", Fr.self, count: Self.size)) }
}
