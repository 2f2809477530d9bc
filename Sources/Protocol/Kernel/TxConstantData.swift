public import Bytes
public import Field

/// What a tx was proven against: 920 bytes, 37 fields.
public struct TxConstantData: Hashable, Sendable, BinaryCodable, FieldEncodable {
    public var historicalHeader: BlockHeader
    public var txContext: TxContext
    public var vkTreeRoot: Fr
    public var protocolContractTreeRoot: Fr

    public static let byteCount = 920

    public init(historicalHeader: BlockHeader, txContext: TxContext, vkTreeRoot: Fr, protocolContractTreeRoot: Fr) {
        self.historicalHeader = historicalHeader
        self.txContext = txContext
        self.vkTreeRoot = vkTreeRoot
        self.protocolContractTreeRoot = protocolContractTreeRoot
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        historicalHeader = try BlockHeader(from: &reader)
        txContext = try TxContext(from: &reader)
        vkTreeRoot = try Fr(from: &reader)
        protocolContractTreeRoot = try Fr(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        historicalHeader.write(to: &writer)
        txContext.write(to: &writer)
        vkTreeRoot.write(to: &writer)
        protocolContractTreeRoot.write(to: &writer)
    }

    public func append(to fields: inout [Fr]) {
        historicalHeader.append(to: &fields)
        txContext.append(to: &fields)
        fields.append(vkTreeRoot)
        fields.append(protocolContractTreeRoot)
    }
}
