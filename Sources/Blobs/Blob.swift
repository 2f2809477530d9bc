public import Field

/// 4096 elements of 32 big-endian bytes (EIP-4844). The bytes may hold anything; elements are checked on use.
public struct Blob: Hashable, Sendable, CustomStringConvertible {
    public static let elementCount = 4096
    public static let byteCount = 131_072

    public let bytes: [UInt8]

    public init(bytes: [UInt8]) throws(KZGError) {
        guard bytes.count == Blob.byteCount else { throw .blobLength(bytes.count) }
        self.bytes = bytes
    }

    /// One field per element, zeros behind (note 02 §14).
    public init(fields: some Collection<Fr>) throws(KZGError) {
        guard fields.count <= Blob.elementCount else { throw .overfilled(fields: fields.count, maximum: Blob.elementCount) }
        var bytes = [UInt8](repeating: 0, count: Blob.byteCount)
        bytes.withUnsafeMutableBytes { buffer in
            for (index, field) in fields.enumerated() {
                field.store(to: UnsafeMutableRawBufferPointer(rebasing: buffer[(index * 32)..<(index * 32 + 32)]))
            }
        }
        self.bytes = bytes
    }

    /// The elements as BN254 fields, padding included.
    public func fields() throws(KZGError) -> [Fr] {
        var fields = [Fr]()
        fields.reserveCapacity(Blob.elementCount)
        for index in 0..<Blob.elementCount {
            guard let field = Fr(canonical: bytes[(index * 32)..<(index * 32 + 32)]) else { throw .notAField(index) }
            fields.append(field)
        }
        return fields
    }

    /// A block's fields over as many blobs as they need, at least one.
    public static func blobs(of fields: [Fr], maximum: Int = 3) throws(KZGError) -> [Blob] {
        guard fields.count <= maximum * elementCount else { throw .overfilled(fields: fields.count, maximum: maximum * elementCount) }
        var blobs: [Blob] = []
        var start = 0
        repeat {
            let end = min(start + elementCount, fields.count)
            blobs.append(try Blob(fields: fields[start..<end]))
            start = end
        } while start < fields.count
        return blobs
    }

    /// Not the contents, which are long.
    public var description: String { "Blob(\(bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: " "))…)" }

    /// The elements as plain (not Montgomery) integers of the scalar field.
    func plainScalars() throws(KZGError) -> [BLSScalar] {
        var scalars = [BLSScalar]()
        scalars.reserveCapacity(Blob.elementCount)
        let bad: Int? = bytes.withUnsafeBytes { buffer in
            for index in 0..<Blob.elementCount {
                func word(_ position: Int) -> UInt64 {
                    UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: index * 32 + position * 8, as: UInt64.self))
                }
                let scalar = BLSScalar(word(3), word(2), word(1), word(0))
                guard scalar.isBelowModulus else { return index }
                scalars.append(scalar)
            }
            return nil
        }
        if let bad { throw .elementTooLarge(bad) }
        return scalars
    }
}
