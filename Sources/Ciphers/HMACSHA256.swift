internal import COpenSSL

/// HMAC and HKDF over SHA-256 (RFC 2104, RFC 5869).
public enum HMACSHA256 {
    /// 32 bytes.
    public static func authenticate(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var length = 32
        // OpenSSL takes a null key for "the key set before", also when its length is zero.
        let key = key.isEmpty ? [0] : key
        guard EVP_Q_mac(nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count, &code, 32, &length) != nil, length == 32 else {
            fatalError("OpenSSL has no HMAC-SHA256")
        }
        return code
    }
}

public enum HKDFSHA256 {
    public static func extract(salt: [UInt8], _ secret: [UInt8]) -> [UInt8] { HMACSHA256.authenticate(key: salt, secret) }

    /// `count` bytes, at most 255 blocks of 32.
    public static func expand(_ key: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        precondition(count <= 255 * 32)
        var result: [UInt8] = []
        var block: [UInt8] = []
        var index: UInt8 = 1
        while result.count < count {
            block = HMACSHA256.authenticate(key: key, block + info + [index])
            result += block
            index &+= 1
        }
        return Array(result.prefix(count))
    }
}
