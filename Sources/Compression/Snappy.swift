internal import CSnappy

/// Snappy's raw block format, as gossip and request/response carry it («note 07 §4.2, §7.1»).
public enum Snappy {
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        case malformed
        case tooLarge(declared: Int, limit: Int)

        public var description: String {
            switch self {
            case .malformed: "snappy: malformed data"
            case .tooLarge(let declared, let limit): "snappy: \(declared) bytes declared, \(limit) allowed"
            }
        }
    }

    public static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let bound = snappy_max_compressed_length(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = bound
            bytes.withUnsafeBytes { input in
                // Fails only when the output is too small, which the bound excludes.
                _ = snappy_compress(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                    UnsafeMutableRawPointer(output.baseAddress!).assumingMemoryBound(to: CChar.self), &count)
            }
        }
    }

    /// `limit`: bytes of the result. The declared length is checked first, so nothing is allocated on its word alone.
    public static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws(Failure) -> [UInt8] {
        let outcome = bytes.withUnsafeBytes { input -> Result<[UInt8], Failure> in
            guard let start = input.baseAddress?.assumingMemoryBound(to: CChar.self) else { return .failure(.malformed) }
            var length = 0
            guard snappy_uncompressed_length(start, input.count, &length) == SNAPPY_OK else { return .failure(.malformed) }
            guard length <= limit else { return .failure(.tooLarge(declared: length, limit: limit)) }
            // Looking through the data costs little and keeps a liar from making us allocate.
            guard snappy_validate_compressed_buffer(start, input.count) == SNAPPY_OK else { return .failure(.malformed) }
            return .success([UInt8](unsafeUninitializedCapacity: length) { output, count in
                count = length
                guard let base = output.baseAddress else { return }
                _ = snappy_uncompress(start, input.count, UnsafeMutableRawPointer(base).assumingMemoryBound(to: CChar.self), &count)
            })
        }
        return try outcome.get()
    }

    public static func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] { try decompress(bytes[...], limit: limit) }
}
