public import Bytes
public import JSON

/// A transaction as users send it and peers gossip it.
public struct Tx: Hashable, Sendable, BinaryCodable {
    public var data: PrivateKernelTailCircuitPublicInputs
    public var clientIvcProof: ClientIvcProof
    /// Contents of the contract class logs whose hashes are in `data`.
    public var contractClassLogs: [ContractClassLogFields]
    /// Calldata of the public calls in `data`, under their hashes.
    public var publicFunctionCalldata: [HashedValues]

    public init(
        data: PrivateKernelTailCircuitPublicInputs, clientIvcProof: ClientIvcProof, contractClassLogs: [ContractClassLogFields],
        publicFunctionCalldata: [HashedValues]
    ) {
        self.data = data
        self.clientIvcProof = clientIvcProof
        self.contractClassLogs = contractClassLogs
        self.publicFunctionCalldata = publicFunctionCalldata
    }

    /// Bytes of the smallest tx: private-only, no proof.
    public static let minimumByteCount = PrivateKernelTailCircuitPublicInputs.byteCountForRollup + 4 + 1 + 1

    /// Hash of the kernel data; proof, logs and calldata enter by their hashes only. Not cached.
    public func hash() -> TxHash { TxHash(data.hash()) }

    /// The hashes of several, side by side: from some eight on at a fraction of the time each.
    public static func hashes(of transactions: [Tx]) -> [TxHash] {
        PrivateKernelTailCircuitPublicInputs.hashes(of: transactions.map(\.data)).map { TxHash($0) }
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        data = try PrivateKernelTailCircuitPublicInputs(from: &reader)
        clientIvcProof = try ClientIvcProof(from: &reader)
        let logCount = Int(try reader.readUInt8("contract class log count"))
        contractClassLogs = []
        for _ in 0..<logCount { contractClassLogs.append(try ContractClassLogFields(from: &reader)) }
        let calldataCount = Int(try reader.readUInt8("calldata count"))
        publicFunctionCalldata = []
        for _ in 0..<calldataCount { publicFunctionCalldata.append(try HashedValues(from: &reader)) }
    }

    /// The binary form counts logs and calldata in one byte each; more than 255 is the caller's error.
    public func write(to writer: inout ByteWriter) {
        data.write(to: &writer)
        clientIvcProof.write(to: &writer)
        writer.write(UInt8(contractClassLogs.count))
        for log in contractClassLogs { log.write(to: &writer) }
        writer.write(UInt8(publicFunctionCalldata.count))
        for calldata in publicFunctionCalldata { calldata.write(to: &writer) }
    }
}

extension Tx: JSONEncodable, JSONDecodable {
    /// Members the reference's JSON layer adds to a tx it has worked with (note 02 §1).
    public struct CachedMembers: Sendable {
        public var hash: TxHash?
        public var messageIdentifier: TxHash?
        /// Calldata by hash, a list of pairs; there once public calls were looked at.
        public var calldataMap: Bool

        public init(hash: TxHash? = nil, messageIdentifier: TxHash? = nil, calldataMap: Bool = false) {
            self.hash = hash
            self.messageIdentifier = messageIdentifier
            self.calldataMap = calldataMap
        }
    }

    public func write(to writer: inout JSONWriter) { write(to: &writer, cached: CachedMembers()) }

    public func write(to writer: inout JSONWriter, cached: CachedMembers) {
        writer.beginObject()
        writer.member("cachedId", ifPresent: cached.messageIdentifier)
        writer.member("data", data)
        writer.member("clientIvcProof", clientIvcProof)
        writer.member("contractClassLogs", contractClassLogs)
        writer.member("publicFunctionCalldata", publicFunctionCalldata)
        writer.member("txHash", ifPresent: cached.hash)
        if cached.calldataMap { writeCalldataMap(to: &writer) }
        writer.endObject()
    }

    private func writeCalldataMap(to writer: inout JSONWriter) {
        writer.key("calldataMap")
        writer.beginArray()
        for calldata in publicFunctionCalldata {
            writer.beginArray()
            writer.value(calldata.hash)
            writer.value(calldata.values)
            writer.endArray()
        }
        writer.endArray()
    }

    public init(json: JSONElement) throws(JSONError) {
        data = try json.decode("data")
        clientIvcProof = try json.decode("clientIvcProof")
        contractClassLogs = try json.decodeArray("contractClassLogs", maximum: 255)
        publicFunctionCalldata = try json.decodeArray("publicFunctionCalldata", maximum: 255)
    }
}
