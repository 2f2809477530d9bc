import Bytes
import Hashing

/// Mixed-case checksums of Ethereum addresses (EIP-55).
public enum EIP55 {
    /// `0x` and 40 digits whose case carries the checksum. `address` is 20 bytes.
    public static func encode(_ address: [UInt8]) -> String {
        precondition(address.count == 20)
        let digits = Array(Hex.encode(address).utf8)
        let hash = Keccak256.hash(digits)
        var text: [UInt8] = [48, 120]
        for (index, digit) in digits.enumerated() {
            let nibble = hash[index / 2] >> (index & 1 == 0 ? 4 : 0) & 15
            text.append(digit > 96 && nibble >= 8 ? digit - 32 : digit)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// 20 bytes of 40 digits with or without `0x`; all lower, all upper, or mixed with a right checksum.
    public static func decode(_ text: String) -> [UInt8]? {
        guard let bytes = Hex.decode(text), bytes.count == 20 else { return nil }
        let digits = Array(text.utf8.suffix(40))
        let hasLower = digits.contains { 97...102 ~= $0 }
        let hasUpper = digits.contains { 65...70 ~= $0 }
        if hasLower, hasUpper, Array(encode(bytes).utf8.suffix(40)) != digits { return nil }
        return bytes
    }
}
