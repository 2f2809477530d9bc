public import Bytes
public import Field
import Signatures
public import JSON

/// An address on L1: 20 bytes, held without heap storage.
public struct EthAddress: Hashable, Comparable, Sendable, BinaryCodable, FieldEncodable, CustomStringConvertible {
    let high: UInt32
    let middle, low: UInt64

    init(high: UInt32, middle: UInt64, low: UInt64) {
        self.high = high
        self.middle = middle
        self.low = low
    }

    public static let zero = EthAddress(high: 0, middle: 0, low: 0)

    /// nil unless there are exactly 20 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 20 else { return nil }
        var reader = ByteReader(Array(bytes))
        guard let address = try? EthAddress(from: &reader) else { return nil }
        self = address
    }

    public init(_ number: UInt64) { self.init(high: 0, middle: 0, low: number) }

    /// The low 20 bytes of a field element; nil when the higher ones are not zero.
    public init?(_ field: Fr) {
        let value = field.integer
        guard value.l3 == 0, value.l2 >> 32 == 0 else { return nil }
        self.init(high: UInt32(value.l2), middle: value.l1, low: value.l0)
    }

    /// 40 hex digits, `0x` optional. Digits of mixed case must carry a right EIP-55 checksum; nil otherwise.
    public init?(hex: some StringProtocol) {
        guard let bytes = EIP55.decode(String(hex)) else { return nil }
        self.init(bytes)
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        self.init(
            high: try reader.readUInt32("L1 address"), middle: try reader.readUInt64("L1 address"),
            low: try reader.readUInt64("L1 address"))
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(high)
        writer.write(middle)
        writer.write(low)
    }

    public func append(to fields: inout [Fr]) { fields.append(field) }

    /// The address as the low 20 bytes of a field element.
    public var field: Fr { Fr(unchecked: Limbs4(low, middle, UInt64(high), 0)) }
    public var isZero: Bool { high == 0 && middle == 0 && low == 0 }
    public var bytes: [UInt8] { serialized }
    /// `0x` and 40 lower-case digits.
    public var hex: String { bytes.hex }
    public var description: String { hex }

    /// The mixed-case form of EIP-55.
    public var checksummed: String { EIP55.encode(bytes) }

    public static func < (a: EthAddress, b: EthAddress) -> Bool { (a.high, a.middle, a.low) < (b.high, b.middle, b.low) }
}

extension EthAddress: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) { writer.hex(bytes) }

    public init(json: JSONElement) throws(JSONError) {
        guard let address = EthAddress(hex: try json.requireString()) else {
            throw JSONError("not an L1 address (40 hex digits; the checksum of mixed case must be right)", at: json)
        }
        self = address
    }
}
