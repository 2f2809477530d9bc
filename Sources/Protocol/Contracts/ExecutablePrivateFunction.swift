public import Bytes
public import Field
public import JSON

/// A broadcast private function of a class with the proof that it belongs there.
public struct ExecutablePrivateFunction: Hashable, Sendable {
    public var selector: FunctionSelector
    public var vkHash: Fr
    public var bytecode: [UInt8]
    public var artifactMetadataHash: Fr
    public var functionMetadataHash: Fr
    public var utilityFunctionsTreeRoot: Fr
    public var privateFunctionTreeSiblingPath: [Fr]
    public var privateFunctionTreeLeafIndex: Int
    public var artifactTreeSiblingPath: [Fr]
    public var artifactTreeLeafIndex: Int

    public init(
        selector: FunctionSelector, vkHash: Fr, bytecode: [UInt8], artifactMetadataHash: Fr, functionMetadataHash: Fr,
        utilityFunctionsTreeRoot: Fr, privateFunctionTreeSiblingPath: [Fr], privateFunctionTreeLeafIndex: Int,
        artifactTreeSiblingPath: [Fr], artifactTreeLeafIndex: Int
    ) {
        self.selector = selector
        self.vkHash = vkHash
        self.bytecode = bytecode
        self.artifactMetadataHash = artifactMetadataHash
        self.functionMetadataHash = functionMetadataHash
        self.utilityFunctionsTreeRoot = utilityFunctionsTreeRoot
        self.privateFunctionTreeSiblingPath = privateFunctionTreeSiblingPath
        self.privateFunctionTreeLeafIndex = privateFunctionTreeLeafIndex
        self.artifactTreeSiblingPath = artifactTreeSiblingPath
        self.artifactTreeLeafIndex = artifactTreeLeafIndex
    }
}

extension ExecutablePrivateFunction: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("selector", selector)
        writer.member("vkHash", vkHash)
        writer.key("bytecode")
        writer.base64(bytecode)
        writer.member("artifactMetadataHash", artifactMetadataHash)
        writer.member("functionMetadataHash", functionMetadataHash)
        writer.member("utilityFunctionsTreeRoot", utilityFunctionsTreeRoot)
        writer.member("privateFunctionTreeSiblingPath", privateFunctionTreeSiblingPath)
        writer.member("privateFunctionTreeLeafIndex", privateFunctionTreeLeafIndex)
        writer.member("artifactTreeSiblingPath", artifactTreeSiblingPath)
        writer.member("artifactTreeLeafIndex", artifactTreeLeafIndex)
        writer.endObject()
    }

    public init(json: JSONElement) throws(JSONError) {
        selector = try json.decode("selector")
        vkHash = try json.decode("vkHash")
        bytecode = try json.required("bytecode").buffer()
        artifactMetadataHash = try json.decode("artifactMetadataHash")
        functionMetadataHash = try json.decode("functionMetadataHash")
        utilityFunctionsTreeRoot = try json.decode("utilityFunctionsTreeRoot")
        privateFunctionTreeSiblingPath = try json.decodeArray("privateFunctionTreeSiblingPath")
        privateFunctionTreeLeafIndex = try json.required("privateFunctionTreeLeafIndex").coercedInteger()
        artifactTreeSiblingPath = try json.decodeArray("artifactTreeSiblingPath")
        artifactTreeLeafIndex = try json.required("artifactTreeLeafIndex").coercedInteger()
    }
}

/// Storage form, ours alone.
extension ExecutablePrivateFunction: BinaryCodable {
    static let minimumByteCount = 4 + 4 * 32 + 3 * 4 + 2 * 4

    public init(from reader: inout ByteReader) throws(DecodingError) {
        selector = try FunctionSelector(from: &reader)
        vkHash = try Fr(from: &reader)
        bytecode = Array(try reader.read(try reader.readCount(maximum: ContractClassPublic.maximumBytecodeBytes, "bytecode"), "bytecode"))
        artifactMetadataHash = try Fr(from: &reader)
        functionMetadataHash = try Fr(from: &reader)
        utilityFunctionsTreeRoot = try Fr(from: &reader)
        privateFunctionTreeSiblingPath = try reader.readVector(maximum: 64, minimumElementBytes: 32, "sibling path")
        privateFunctionTreeLeafIndex = Int(try reader.readUInt32("leaf index"))
        artifactTreeSiblingPath = try reader.readVector(maximum: 64, minimumElementBytes: 32, "sibling path")
        artifactTreeLeafIndex = Int(try reader.readUInt32("leaf index"))
    }

    public func write(to writer: inout ByteWriter) {
        selector.write(to: &writer)
        vkHash.write(to: &writer)
        writer.write(UInt32(bytecode.count))
        writer.write(bytecode)
        artifactMetadataHash.write(to: &writer)
        functionMetadataHash.write(to: &writer)
        utilityFunctionsTreeRoot.write(to: &writer)
        writer.writeVector(privateFunctionTreeSiblingPath)
        writer.write(UInt32(truncatingIfNeeded: privateFunctionTreeLeafIndex))
        writer.writeVector(artifactTreeSiblingPath)
        writer.write(UInt32(truncatingIfNeeded: artifactTreeLeafIndex))
    }
}
