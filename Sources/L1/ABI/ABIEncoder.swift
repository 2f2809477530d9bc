/// Encodes values as the contract ABI lays them out: heads first, dynamic parts behind.
public enum ABIEncoder {
    /// nil when a value has not the shape of its type.
    public static func encode(_ values: [ABIValue], as types: [ABIType]) -> [UInt8]? {
        guard values.count == types.count else { return nil }
        var heads: [UInt8] = []
        var tails: [UInt8] = []
        let headSize = types.reduce(0) { $0 + $1.headSize }
        for (value, type) in zip(values, types) {
            guard let encoded = encode(value, as: type) else { return nil }
            if type.isDynamic {
                heads += word(headSize + tails.count)
                tails += encoded
            } else {
                heads += encoded
            }
        }
        return heads + tails
    }

    private static func encode(_ value: ABIValue, as type: ABIType) -> [UInt8]? {
        switch (type, value) {
        case (.uint(let bits), .integer(let number)):
            return number.fits(unsigned: bits) ? number.bytes : nil
        case (.int(let bits), .integer(let number)):
            return number.fits(signed: bits) ? number.bytes : nil
        case (.bool, .bool(let flag)): return word(flag ? 1 : 0)
        case (.address, .bytes(let bytes)): return bytes.count == 20 ? [UInt8](repeating: 0, count: 12) + bytes : nil
        case (.fixedBytes(let count), .bytes(let bytes)): return bytes.count == count ? padded(bytes) : nil
        case (.bytes, .bytes(let bytes)): return word(bytes.count) + padded(bytes)
        case (.string, .string(let text)): return word(text.utf8.count) + padded(Array(text.utf8))
        case (.array(let element), .list(let values)):
            return encode(values, as: Array(repeating: element, count: values.count)).map { word(values.count) + $0 }
        case (.fixedArray(let element, let count), .list(let values)):
            return values.count == count ? encode(values, as: Array(repeating: element, count: count)) : nil
        case (.tuple(let members), .list(let values)): return encode(values, as: members)
        default: return nil
        }
    }

    static func word(_ number: Int) -> [UInt8] { UInt256(UInt64(number)).bytes }

    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.count % 32 == 0 ? bytes : bytes + [UInt8](repeating: 0, count: 32 - bytes.count % 32)
    }
}

extension UInt256 {
    func fits(unsigned bits: Int) -> Bool {
        let bytes = self.bytes
        return bytes.prefix(32 - bits / 8).allSatisfy { $0 == 0 }
    }

    func fits(signed bits: Int) -> Bool {
        let bytes = self.bytes
        let sign: UInt8 = isNegative ? 0xff : 0
        return bytes.prefix(32 - bits / 8).allSatisfy { $0 == sign } && (bits == 256 || bytes[32 - bits / 8] >> 7 == sign >> 7)
    }
}
