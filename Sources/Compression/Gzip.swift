import CZlib

/// gzip, zlib and raw streams in memory over zlib; output is bounded by the caller.
public enum Gzip {
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        case corrupt(String)
        case larger(thanBytes: Int)

        public var description: String {
            switch self {
            case .corrupt(let reason): "compressed data is corrupt: \(reason)"
            case .larger(let bytes): "decompressed data is larger than \(bytes) bytes"
            }
        }
    }

    public enum Format: Sendable {
        case gzip, zlib
        /// Tells gzip from zlib by the header; for reading only.
        case detected

        var windowBits: Int32 {
            switch self {
            case .gzip: 15 + 16
            case .zlib: 15
            case .detected: 15 + 32
            }
        }
    }

    public static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.count > 2 && bytes[0] == 0x1f && bytes[1] == 0x8b }

    /// Decompresses a whole stream (concatenated gzip members included), at most `limit` bytes.
    public static func decompress(_ input: [UInt8], limit: Int = 1 << 30, format: Format = .detected) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .corrupt("zlib did not start")
        }
        defer { inflateEnd(&stream) }
        var output = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var source = input
        let status: Result<Void, Failure> = source.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(clamping: source.count)
            while true {
                let (code, produced) = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.next_out = chunk.baseAddress
                    stream.avail_out = UInt32(chunk.count)
                    let code = inflate(&stream, Z_NO_FLUSH)
                    return (code, chunk.count - Int(stream.avail_out))
                }
                output.append(contentsOf: chunk[..<produced])
                if output.count > limit { return .failure(.larger(thanBytes: limit)) }
                switch code {
                case Z_OK: continue
                case Z_STREAM_END:
                    if stream.avail_in == 0 { return .success(()) }
                    guard inflateReset(&stream) == Z_OK else { return .failure(.corrupt("member did not start")) }
                case Z_BUF_ERROR: return .failure(.corrupt("it ends early"))
                default: return .failure(.corrupt(stream.msg.map { String(cString: $0) } ?? "code \(code)"))
                }
            }
        }
        try status.get()
        return output
    }

    public static func compress(_ input: [UInt8], format: Format = .gzip, level: Int32 = 6) -> [UInt8] {
        var stream = z_stream()
        let bits = format == .detected ? Format.gzip.windowBits : format.windowBits
        precondition(deflateInit2_(&stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(input.count))))
        var source = input
        let count = source.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
                return output.count - Int(stream.avail_out)
            }
        }
        output.removeLast(output.count - count)
        return output
    }
}
