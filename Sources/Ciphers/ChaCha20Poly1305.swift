internal import COpenSSL

/// ChaCha20-Poly1305 (RFC 8439) under one key. Keeps its context between messages; a message may be sealed piece by piece,
/// straight into the buffer that is sent.
public final class ChaCha20Poly1305 {
    public static let keyBytes = 32
    public static let tagBytes = 16

    private let sealing: OpaquePointer
    private let opening: OpaquePointer

    public init(key: [UInt8]) throws(CipherError) {
        guard key.count == Self.keyBytes else { throw .badKey }
        sealing = Self.context(key, encrypt: 1)
        opening = Self.context(key, encrypt: 0)
    }

    deinit {
        EVP_CIPHER_CTX_free(sealing)
        EVP_CIPHER_CTX_free(opening)
    }

    private static func context(_ key: [UInt8], encrypt: Int32) -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new(), EVP_CipherInit_ex(context, EVP_chacha20_poly1305(), nil, key, nil, encrypt) == 1 else {
            fatalError("OpenSSL has no ChaCha20-Poly1305")
        }
        return context
    }

    /// 4 zero bytes and the counter, little-endian, as Noise counts.
    private static func set(_ context: OpaquePointer, counter: UInt64) {
        let nonce = (UInt32(0), counter.littleEndian.lowHalf, counter.littleEndian.highHalf)
        withUnsafeBytes(of: nonce) { bytes in
            _ = EVP_CipherInit_ex(context, nil, nil, nil, bytes.baseAddress!.assumingMemoryBound(to: UInt8.self), -1)
        }
    }

    // MARK: Whole messages

    /// Ciphertext and tag.
    public func seal(counter: UInt64, associated: [UInt8], _ plaintext: ArraySlice<UInt8>) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: plaintext.count + Self.tagBytes)
        beginSealing(counter: counter)
        var length: Int32 = 0
        if !associated.isEmpty { _ = EVP_CipherUpdate(sealing, nil, &length, associated, Int32(associated.count)) }
        seal(plaintext.span, into: &result, at: 0)
        finishSealing(into: &result, at: plaintext.count)
        return result
    }

    public func open(counter: UInt64, associated: [UInt8], _ ciphertext: ArraySlice<UInt8>) throws(CipherError) -> [UInt8] {
        guard ciphertext.count >= Self.tagBytes else { throw .authenticationFailed }
        var result = [UInt8](repeating: 0, count: ciphertext.count - Self.tagBytes)
        _ = try open(counter: counter, associated: associated, ciphertext.span, into: &result)
        return result
    }

    // MARK: In pieces

    public func beginSealing(counter: UInt64) { Self.set(sealing, counter: counter) }

    /// Writes the ciphertext of `piece`, as long as it is, at `offset` of `buffer`, which must have the room.
    public func seal(_ piece: Span<UInt8>, into buffer: inout [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset + piece.count <= buffer.count)
        guard !piece.isEmpty else { return }
        piece.withUnsafeBufferPointer { source in
            buffer.withUnsafeMutableBufferPointer { target in
                var length: Int32 = 0
                _ = EVP_CipherUpdate(sealing, target.baseAddress! + offset, &length, source.baseAddress, Int32(source.count))
            }
        }
    }

    /// Writes the 16-byte tag at `offset` of `buffer`.
    public func finishSealing(into buffer: inout [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset + Self.tagBytes <= buffer.count)
        buffer.withUnsafeMutableBufferPointer { target in
            var length: Int32 = 0
            _ = EVP_CipherFinal_ex(sealing, target.baseAddress! + offset, &length)
            _ = EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagBytes), target.baseAddress! + offset)
        }
    }

    /// Decrypts ciphertext ‖ tag into the front of `buffer`, which must have the room; returns the plaintext's length.
    /// On failure the buffer holds bytes that must not be used.
    public func open(counter: UInt64, associated: [UInt8] = [], _ ciphertext: Span<UInt8>, into buffer: inout [UInt8]) throws(CipherError) -> Int {
        let count = ciphertext.count - Self.tagBytes
        guard count >= 0 else { throw .authenticationFailed }
        precondition(count <= buffer.count)
        Self.set(opening, counter: counter)
        let isAuthentic = ciphertext.withUnsafeBufferPointer { source in
            buffer.withUnsafeMutableBufferPointer { target in
                var length: Int32 = 0
                if !associated.isEmpty, EVP_CipherUpdate(opening, nil, &length, associated, Int32(associated.count)) != 1 { return false }
                // A null target would make OpenSSL take the bytes for associated data.
                if count > 0, EVP_CipherUpdate(opening, target.baseAddress, &length, source.baseAddress, Int32(count)) != 1 { return false }
                let tag = UnsafeMutableRawPointer(mutating: source.baseAddress! + count)  // OpenSSL only reads it
                guard EVP_CIPHER_CTX_ctrl(opening, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagBytes), tag) == 1 else { return false }
                var rest: UInt8 = 0
                return EVP_CipherFinal_ex(opening, &rest, &length) == 1
            }
        }
        guard isAuthentic else { throw .authenticationFailed }
        return count
    }
}

extension UInt64 {
    fileprivate var lowHalf: UInt32 { UInt32(truncatingIfNeeded: self) }
    fileprivate var highHalf: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}
