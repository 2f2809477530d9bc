public import Bytes
public import Field
import Hashing
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
        let bytes = field.bytes
        guard bytes.prefix(12).allSatisfy({ $0 == 0 }) else { return nil }
        self.init(bytes.dropFirst(12))
    }

    /// 40 hex digits, `0x` optional. Digits of mixed case must carry a right EIP-55 checksum; nil otherwise.
    public init?(hex: some StringProtocol) {
        var digits = Array(hex.utf8)[...]
        if digits.count == 42, digits.starts(with: [48, 120]) { digits = digits.dropFirst(2) }
        guard digits.count == 40, let bytes = Hex.decode(utf8: digits), let address = EthAddress(bytes) else { return nil }
        let isMixed = digits.contains { $0 >= 65 && $0 <= 70 } && digits.contains { $0 >= 97 && $0 <= 102 }
        if isMixed, Array(address.checksummed.utf8.dropFirst(2)) != Array(digits) { return nil }
        self = address
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
    public var field: Fr { Fr(reducing: bytes) }
    public var isZero: Bool { high == 0 && middle == 0 && low == 0 }
    public var bytes: [UInt8] { serialized }
    /// `0x` and 40 lower-case digits.
    public var hex: String { bytes.hex }
    public var description: String { hex }

    /// The mixed-case form of EIP-55: a letter is a capital where the digit of the hash of the lower-case text is above 7.
    public var checksummed: String {
        let digits = Array(Hex.encode(bytes).utf8)
        let hash = Keccak256.hash(digits)
        let cased = digits.enumerated().map { index, digit in
            let nibble = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15
            return digit >= 97 && nibble > 7 ? digit - 32 : digit
        }
        return "0x" + String(decoding: cased, as: UTF8.self)
    }

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
