public import Bytes
public import Field

/// A log hash with the contract that emitted the log.
public struct ScopedLogHash: PaddedItem {
    public var logHash: LogHash
    public var contractAddress: AztecAddress

    public init(logHash: LogHash, contractAddress: AztecAddress) {
        self.logHash = logHash
        self.contractAddress = contractAddress
    }

    public static let padding = ScopedLogHash(logHash: .padding, contractAddress: .zero)
    public static let byteCount = 68
    public static let fieldCount = 3

    public var isEmpty: Bool { logHash.isEmpty && contractAddress.isZero }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        logHash = try LogHash(from: &reader)
        contractAddress = try AztecAddress(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        logHash.write(to: &writer)
        contractAddress.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        logHash.append(to: &fields)
        fields.append(contractAddress.field)
    }
}
