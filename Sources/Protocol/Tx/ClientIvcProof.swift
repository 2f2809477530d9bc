public import Bytes
public import JSON

/// A client proof as bytes; what is in them is note 09's matter. Empty in simulations.
public struct ClientIvcProof: Hashable, Sendable, BinaryCodable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    public static let empty = ClientIvcProof()

    public var isEmpty: Bool { bytes.isEmpty }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        bytes = Array(try reader.read(reader.readCount(maximum: Int(UInt32.max), "proof length"), "proof"))
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(UInt32(bytes.count))
        writer.write(bytes)
    }
}

extension ClientIvcProof: JSONEncodable, JSONDecodable {
    /// Base64 of the binary form, its length included.
    public func write(to writer: inout JSONWriter) { writer.base64(serialized) }
    public init(json: JSONElement) throws(JSONError) { self = try json.decodeBinary(json.base64Text()) }
}
