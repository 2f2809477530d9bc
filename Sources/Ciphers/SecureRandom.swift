internal import COpenSSL

/// OpenSSL's generator, for keys and nonces.
public enum SecureRandom {
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            guard RAND_bytes(buffer.baseAddress, Int32(count)) == 1 else { fatalError("OpenSSL has no randomness") }
            filled = count
        }
    }
}
