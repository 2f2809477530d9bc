public import Bytes
public import Field
public import JSON

/// A broadcast utility function of a class with the proof that it belongs there.
public struct UtilityFunction: Hashable, Sendable {
    public var selector: FunctionSelector
    public var bytecode: [UInt8]
    public var artifactMetadataHash: Fr
    public var functionMetadataHash: Fr
    public var privateFunctionsArtifactTreeRoot: Fr
    public var artifactTreeSiblingPath: [Fr]
    public var artifactTreeLeafIndex: Int

    public init(
        selector: FunctionSelector, bytecode: [UInt8], artifactMetadataHash: Fr, functionMetadataHash: Fr,
        privateFunctionsArtifactTreeRoot: Fr, artifactTreeSiblingPath: [Fr], artifactTreeLeafIndex: Int
    ) {
        self.selector = selector
        self.bytecode = bytecode
        self.artifactMetadataHash = artifactMetadataHash
        self.functionMetadataHash = functionMetadataHash
        self.privateFunctionsArtifactTreeRoot = privateFunctionsArtifactTreeRoot
        self.artifactTreeSiblingPath = artifactTreeSiblingPath
        self.artifactTreeLeafIndex = artifactTreeLeafIndex
    }
}

extension UtilityFunction: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("selector", selector)
        writer.key("bytecode")
        writer.base64(bytecode)
        writer.member("artifactMetadataHash", artifactMetadataHash)
        writer.member("functionMetadataHash", functionMetadataHash)
        writer.member("privateFunctionsArtifactTreeRoot", privateFunctionsArtifactTreeRoot)
        writer.member("artifactTreeSiblingPath", artifactTreeSiblingPath)
        writer.member("artifactTreeLeafIndex", artifactTreeLeafIndex)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        selector = try json.decode("selector")
        bytecode = try json.required("bytecode").buffer()
        artifactMetadataHash = try json.decode("artifactMetadataHash")
        functionMetadataHash = try json.decode("functionMetadataHash")
        privateFunctionsArtifactTreeRoot = try json.decode("privateFunctionsArtifactTreeRoot")
        artifactTreeSiblingPath = try json.decodeArray("artifactTreeSiblingPath")
        artifactTreeLeafIndex = try json.required("artifactTreeLeafIndex").coercedInteger()
    }
}

/// Storage form, ours alone.
extension UtilityFunction: BinaryCodable {
    static let minimumByteCount = 4 + 3 * 32 + 2 * 4 + 4

    public init(from reader: inout ByteReader) throws(DecodingError) {
        selector = try FunctionSelector(from: &reader)
        bytecode = Array(try reader.read(try reader.readCount(maximum: ContractClassPublic.maximumBytecodeBytes, "bytecode"), "bytecode"))
        artifactMetadataHash = try Fr(from: &reader)
        functionMetadataHash = try Fr(from: &reader)
        privateFunctionsArtifactTreeRoot = try Fr(from: &reader)
        artifactTreeSiblingPath = try reader.readVector(maximum: 64, minimumElementBytes: 32, "sibling path")
        artifactTreeLeafIndex = Int(try reader.readUInt32("leaf index"))
    }

    public func write(to writer: inout ByteWriter) {
        selector.write(to: &writer)
        writer.write(UInt32(bytecode.count))
        writer.write(bytecode)
        artifactMetadataHash.write(to: &writer)
        functionMetadataHash.write(to: &writer)
        privateFunctionsArtifactTreeRoot.write(to: &writer)
        writer.writeVector(artifactTreeSiblingPath)
        writer.write(UInt32(truncatingIfNeeded: artifactTreeLeafIndex))
    }
}
