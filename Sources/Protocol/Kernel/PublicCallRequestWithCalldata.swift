public import Bytes
public import Field

/// A call request joined with its calldata, as public execution takes it.
public struct PublicCallRequestWithCalldata: Hashable, Sendable, BinaryCodable {
    public var request: PublicCallRequest
    public var calldata: [Fr]

    public init(request: PublicCallRequest, calldata: [Fr]) {
        self.request = request
        self.calldata = calldata
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        request = try PublicCallRequest(from: &reader)
        calldata = try HashedValues.readValues(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        request.write(to: &writer)
        writer.write(UInt32(calldata.count))
        for value in calldata { value.write(to: &writer) }
    }

    /// First calldata word: the selector the contract dispatches on.
    public var selector: FunctionSelector? { calldata.first.flatMap { FunctionSelector($0) } }
}
