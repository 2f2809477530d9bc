public import Bytes
public import Field
public import Hashing
public import JSON

/// A contract class as nodes serve it. The version is always 1.
public struct ContractClassPublic: Hashable, Sendable {
    public static let version: UInt8 = 1

    public var id: Fr
    public var artifactHash: Fr
    public var privateFunctionsRoot: Fr
    public var packedBytecode: [UInt8]
    /// Functions that were broadcast; often none.
    public var privateFunctions: [ExecutablePrivateFunction]
    public var utilityFunctions: [UtilityFunction]

    public init(
        id: Fr, artifactHash: Fr, privateFunctionsRoot: Fr, packedBytecode: [UInt8],
        privateFunctions: [ExecutablePrivateFunction] = [], utilityFunctions: [UtilityFunction] = []
    ) {
        self.id = id
        self.artifactHash = artifactHash
        self.privateFunctionsRoot = privateFunctionsRoot
        self.packedBytecode = packedBytecode
        self.privateFunctions = privateFunctions
        self.utilityFunctions = utilityFunctions
    }

    /// Commitment to the bytecode, as the class id has it.
    public func bytecodeCommitment() throws(FieldPacking.TooLong) -> Fr { try ContractDerivations.bytecodeCommitment(packedBytecode) }

    /// The id that the contents give.
    public func derivedId() throws(FieldPacking.TooLong) -> Fr {
        ContractDerivations.classID(
            artifactHash: artifactHash, privateFunctionsRoot: privateFunctionsRoot, bytecodeCommitment: try bytecodeCommitment())
    }
}

extension ContractClassPublic: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", id)
        writer.member("version", Self.version)
        writer.member("artifactHash", artifactHash)
        writer.key("packedBytecode")
        writer.base64(packedBytecode)
        writer.member("privateFunctionsRoot", privateFunctionsRoot)
        writer.member("privateFunctions", privateFunctions)
        writer.member("utilityFunctions", utilityFunctions)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        try json.requireVersion1()
        id = try json.decode("id")
        artifactHash = try json.decode("artifactHash")
        packedBytecode = try json.required("packedBytecode").buffer()
        privateFunctionsRoot = try json.decode("privateFunctionsRoot")
        privateFunctions = try json.decodeArray("privateFunctions")
        utilityFunctions = try json.decodeArray("utilityFunctions")
    }
}

/// Storage form, ours alone: the reference keeps classes in another layout.
extension ContractClassPublic: BinaryCodable {
    /// Bytecode in blobs is at most 3000 fields of 31 bytes.
    static let maximumBytecodeBytes = 31 * ProtocolConstants.maxPackedPublicBytecodeSizeInFields

    public init(from reader: inout ByteReader) throws(DecodingError) {
        id = try Fr(from: &reader)
        artifactHash = try Fr(from: &reader)
        privateFunctionsRoot = try Fr(from: &reader)
        packedBytecode = Array(try reader.read(try reader.readCount(maximum: Self.maximumBytecodeBytes, "bytecode"), "bytecode"))
        privateFunctions = try reader.readVector(minimumElementBytes: ExecutablePrivateFunction.minimumByteCount, "private functions")
        utilityFunctions = try reader.readVector(minimumElementBytes: UtilityFunction.minimumByteCount, "utility functions")
    }

    public func write(to writer: inout ByteWriter) {
        id.write(to: &writer)
        artifactHash.write(to: &writer)
        privateFunctionsRoot.write(to: &writer)
        writer.write(UInt32(packedBytecode.count))
        writer.write(packedBytecode)
        writer.writeVector(privateFunctions)
        writer.writeVector(utilityFunctions)
    }
}
