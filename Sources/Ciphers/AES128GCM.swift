internal import COpenSSL

/// AES-128-GCM with 12-byte nonces and 16-byte tags behind the ciphertext.
public enum AES128GCM {
    public static let keyBytes = 16
    public static let nonceBytes = 12
    public static let tagBytes = 16

    private static let cipher = SharedCipher("AES-128-GCM")

    /// Ciphertext and tag. A key of other than 16 bytes or a nonce of other than 12 is a programming error.
    public static func seal(key: [UInt8], nonce: [UInt8], associated: [UInt8], _ plaintext: ArraySlice<UInt8>) -> [UInt8] {
        precondition(key.count == keyBytes && nonce.count == nonceBytes)
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("out of memory") }
        defer { EVP_CIPHER_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: plaintext.count + tagBytes)
        let isDone = result.withUnsafeMutableBufferPointer { target in
            plaintext.withUnsafeBufferPointer { source in
                var length: Int32 = 0
                guard EVP_EncryptInit_ex2(context, cipher.pointer, key, nonce, nil) == 1 else { return false }
                if !associated.isEmpty, EVP_EncryptUpdate(context, nil, &length, associated, Int32(associated.count)) != 1 { return false }
                if source.count > 0, EVP_EncryptUpdate(context, target.baseAddress, &length, source.baseAddress, Int32(source.count)) != 1 { return false }
                let end = target.baseAddress! + source.count
                return EVP_EncryptFinal_ex(context, end, &length) == 1 && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), end) == 1
            }
        }
        guard isDone else { fatalError("AES-128-GCM of OpenSSL failed") }
        return result
    }

    /// The plaintext; nil if the tag does not belong to key, nonce, associated data and ciphertext.
    public static func open(key: [UInt8], nonce: [UInt8], associated: [UInt8], _ ciphertext: ArraySlice<UInt8>) -> [UInt8]? {
        precondition(key.count == keyBytes && nonce.count == nonceBytes)
        let count = ciphertext.count - tagBytes
        guard count >= 0 else { return nil }
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("out of memory") }
        defer { EVP_CIPHER_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: count)
        let isAuthentic = result.withUnsafeMutableBufferPointer { target in
            ciphertext.withUnsafeBufferPointer { source in
                var length: Int32 = 0
                guard EVP_DecryptInit_ex2(context, cipher.pointer, key, nonce, nil) == 1 else { return false }
                if !associated.isEmpty, EVP_DecryptUpdate(context, nil, &length, associated, Int32(associated.count)) != 1 { return false }
                // A null target would make OpenSSL take the bytes for associated data.
                if count > 0, EVP_DecryptUpdate(context, target.baseAddress, &length, source.baseAddress, Int32(count)) != 1 { return false }
                let tag = UnsafeMutableRawPointer(mutating: source.baseAddress! + count)  // OpenSSL only reads it
                guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), tag) == 1 else { return false }
                var rest: UInt8 = 0
                return EVP_DecryptFinal_ex(context, &rest, &length) == 1
            }
        }
        return isAuthentic ? result : nil
    }
}
