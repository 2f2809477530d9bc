internal import COpenSSL

/// AES-128 in counter mode: the same operation hides and uncovers.
public enum AES128CTR {
    public static let keyBytes = 16
    public static let ivBytes = 16

    // A fetched cipher spares the look-up by name in every message.
    private static let cipher = SharedCipher("AES-128-CTR")

    /// `bytes` combined with the key stream that begins at `iv`. Key and `iv` are 16 bytes.
    public static func apply(key: ArraySlice<UInt8>, iv: ArraySlice<UInt8>, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        precondition(key.count == keyBytes && iv.count == ivBytes)
        var result = [UInt8](repeating: 0, count: bytes.count)
        guard !bytes.isEmpty else { return result }
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("out of memory") }
        defer { EVP_CIPHER_CTX_free(context) }
        let isDone = key.withUnsafeBufferPointer { key in
            iv.withUnsafeBufferPointer { iv in
                bytes.withUnsafeBufferPointer { source in
                    var length: Int32 = 0
                    return EVP_EncryptInit_ex2(context, cipher.pointer, key.baseAddress, iv.baseAddress, nil) == 1
                        && EVP_EncryptUpdate(context, &result, &length, source.baseAddress, Int32(source.count)) == 1 && Int(length) == source.count
                }
            }
        }
        guard isDone else { fatalError("AES-128-CTR of OpenSSL failed") }
        return result
    }
}

/// A cipher of OpenSSL by name, fetched once. The library shares such objects between threads.
struct SharedCipher: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ name: String) {
        guard let pointer = EVP_CIPHER_fetch(nil, name, nil) else { fatalError("OpenSSL has no \(name)") }
        self.pointer = pointer
    }
}
