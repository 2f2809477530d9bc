import Bytes
public import Field
public import JSON

extension Fr: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        let value = integer
        writer.hex(value.l3, value.l2, value.l1, value.l0)
    }

    /// `0x` and up to 32 bytes of hex, odd digit counts allowed; or decimal digits only, which are a decimal number.
    public init(json: JSONElement) throws(JSONError) {
        guard let text = json.utf8 else { throw JSONError("a string is expected", at: json) }
        let digits = try json.hexDigits()
        let isPrefixed = digits.count != text.count
        if isPrefixed {
            guard !digits.isEmpty, digits.count <= 64 else { throw JSONError("a field takes 1 to 64 hex digits, not \(digits.count)", at: json) }
            let padded = [UInt8](repeating: 48, count: 64 - digits.count) + digits
            guard let bytes = Hex.decode(utf8: padded[...]), let value = Fr(canonical: bytes) else {
                throw JSONError("field: not below the modulus", at: json)
            }
            self = value
        } else {
            guard !digits.isEmpty, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
                throw JSONError("a field is 0x and hex digits, or decimal digits", at: json)
            }
            guard let value = Fr(decimal: digits) else { throw JSONError("field: not below the modulus", at: json) }
            self = value
        }
    }

    /// Decimal digits of a number below the modulus.
    init?(decimal digits: some Collection<UInt8>) {
        var value = Limbs4.zero
        for digit in digits.drop(while: { $0 == 48 }) {
            var carry = UInt128(digit - 48)
            func step(_ limb: UInt64) -> UInt64 {
                carry += UInt128(limb) * 10
                defer { carry >>= 64 }
                return UInt64(truncatingIfNeeded: carry)
            }
            value = Limbs4(step(value.l0), step(value.l1), step(value.l2), step(value.l3))
            guard carry == 0 else { return nil }
        }
        self.init(value)
    }
}
