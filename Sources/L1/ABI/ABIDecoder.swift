import Bytes

/// Decodes ABI-encoded bytes from outside. Offsets and lengths are checked against the input before anything is
/// allocated, and the number of values is bounded by the input's size, so overlapping offsets cannot blow it up.
/// Like the reference's decoder it tolerates bytes behind the values and dirt in the unused part of addresses.
public enum ABIDecoder {
    public static func decode(_ bytes: ArraySlice<UInt8>, as types: [ABIType]) throws(DecodingError) -> [ABIValue] {
        var decoder = Decoder(bytes: bytes, budget: 4 * (bytes.count / 32) + 64)
        return try decoder.sequence(types, at: 0, base: 0)
    }

    public static func decode(_ bytes: [UInt8], as types: [ABIType]) throws(DecodingError) -> [ABIValue] { try decode(bytes[...], as: types) }

    private struct Decoder {
        let bytes: ArraySlice<UInt8>
        /// Values that may still be made.
        var budget: Int

        func slice(_ offset: Int, _ count: Int, _ what: StaticString) throws(DecodingError) -> ArraySlice<UInt8> {
            guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
                throw DecodingError("\(what): needs \(count) bytes at \(offset) of \(bytes.count)", at: offset)
            }
            return bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + count)]
        }

        /// A word that must be small: an offset or a length.
        func small(_ offset: Int, _ what: StaticString) throws(DecodingError) -> Int {
            let word = try slice(offset, 32, what)
            guard word.prefix(24).allSatisfy({ $0 == 0 }) else { throw DecodingError("\(what) is too large", at: offset) }
            let value = word.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard value <= UInt64(bytes.count) else { throw DecodingError("\(what) \(value) is beyond the \(bytes.count) bytes", at: offset) }
            return Int(value)
        }

        /// Heads at `at`; offsets in them count from `base`.
        mutating func sequence(_ types: [ABIType], at: Int, base: Int) throws(DecodingError) -> [ABIValue] {
            var values: [ABIValue] = []
            values.reserveCapacity(types.count)
            var cursor = at
            for type in types {
                values.append(try value(type, head: cursor, base: base))
                cursor += type.headSize
            }
            return values
        }

        mutating func value(_ type: ABIType, head: Int, base: Int) throws(DecodingError) -> ABIValue {
            let at = type.isDynamic ? base + (try small(head, "offset")) : head
            return try value(type, at: at)
        }

        /// A value that begins at `at`, offset already followed.
        private mutating func value(_ type: ABIType, at: Int) throws(DecodingError) -> ABIValue {
            budget -= 1
            guard budget >= 0 else { throw DecodingError("more values than the bytes can hold", at: at) }
            switch type {
            case .uint, .int: return .integer(UInt256(bytes: try slice(at, 32, "integer"))!)
            case .bool:
                let word = try slice(at, 32, "bool")
                guard word.dropLast().allSatisfy({ $0 == 0 }), let last = word.last, last <= 1 else { throw DecodingError("bool is neither 0 nor 1", at: at) }
                return .bool(last == 1)
            case .address: return .bytes(Array(try slice(at, 32, "address").suffix(20)))
            case .fixedBytes(let count): return .bytes(Array(try slice(at, 32, "bytes").prefix(count)))
            case .bytes: return .bytes(Array(try slice(at + 32, try small(at, "length"), "bytes")))
            case .string: return .string(String(decoding: try slice(at + 32, try small(at, "length"), "string"), as: UTF8.self))
            case .array(let element):
                let count = try small(at, "length")
                return .list(try elements(element, count, at: at + 32))
            case .fixedArray(let element, let count): return .list(try elements(element, count, at: at))
            case .tuple(let members): return .list(try sequence(members, at: at, base: at))
            }
        }

        private mutating func elements(_ type: ABIType, _ count: Int, at: Int) throws(DecodingError) -> [ABIValue] {
            let size = type.headSize
            guard at <= bytes.count, count <= budget, size == 0 || count <= (bytes.count - at) / size else {
                throw DecodingError("an array of \(count) elements does not fit in the bytes left", at: at)
            }
            var values: [ABIValue] = []
            values.reserveCapacity(count)
            for position in 0..<count { values.append(try value(type, head: at + position * size, base: at)) }
            return values
        }
    }
}
