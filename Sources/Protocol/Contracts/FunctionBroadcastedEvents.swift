public import Field

/// A private function published by the class registerer, in a contract class log.
public struct PrivateFunctionBroadcastedEvent: Hashable, Sendable {
    public var contractClassId: Fr
    /// The artifact path as published, with the zeros that pad it.
    public var artifactFunctionTreeSiblingPath: [Fr]
    public var function: ExecutablePrivateFunction

    public static func matches(_ log: ContractClassLog) -> Bool { log.tag == ContractEventTags.privateFunctionBroadcasted }

    /// Reads a log whatever its tag is.
    public init(_ log: ContractClassLog) throws(ContractEventError) {
        var reader = BroadcastReader(log)
        contractClassId = reader.field()
        let artifactMetadataHash = reader.field()
        let utilityFunctionsTreeRoot = reader.field()
        let path = reader.fields(ProtocolConstants.functionTreeHeight)
        let index = try reader.number("leaf index")
        artifactFunctionTreeSiblingPath = reader.fields(ProtocolConstants.artifactFunctionTreeMaxHeight)
        let artifactIndex = try reader.number("artifact leaf index")
        let selector = try reader.selector()
        let metadataHash = reader.field()
        let vkHash = reader.field()
        let bytecode = try reader.bytecode(ProtocolConstants.maxPackedBytecodeSizePerPrivateFunctionInFields)
        try reader.requireEnd()
        function = ExecutablePrivateFunction(
            selector: selector, vkHash: vkHash, bytecode: bytecode, artifactMetadataHash: artifactMetadataHash,
            functionMetadataHash: metadataHash, utilityFunctionsTreeRoot: utilityFunctionsTreeRoot, privateFunctionTreeSiblingPath: path,
            privateFunctionTreeLeafIndex: index, artifactTreeSiblingPath: artifactFunctionTreeSiblingPath.filter { !$0.isZero },
            artifactTreeLeafIndex: artifactIndex)
    }
}

/// A utility function published by the class registerer, in a contract class log.
public struct UtilityFunctionBroadcastedEvent: Hashable, Sendable {
    public var contractClassId: Fr
    /// The artifact path as published, with the zeros that pad it.
    public var artifactFunctionTreeSiblingPath: [Fr]
    public var function: UtilityFunction

    public static func matches(_ log: ContractClassLog) -> Bool { log.tag == ContractEventTags.utilityFunctionBroadcasted }

    /// Reads a log whatever its tag is.
    public init(_ log: ContractClassLog) throws(ContractEventError) {
        var reader = BroadcastReader(log)
        contractClassId = reader.field()
        let artifactMetadataHash = reader.field()
        let privateFunctionsArtifactTreeRoot = reader.field()
        artifactFunctionTreeSiblingPath = reader.fields(ProtocolConstants.artifactFunctionTreeMaxHeight)
        let index = try reader.number("artifact leaf index")
        let selector = try reader.selector()
        let metadataHash = reader.field()
        let bytecode = try reader.bytecode(ProtocolConstants.maxPackedBytecodeSizePerUtilityFunctionInFields)
        try reader.requireEnd()
        var path = artifactFunctionTreeSiblingPath
        while path.last?.isZero == true { path.removeLast() }
        function = UtilityFunction(
            selector: selector, bytecode: bytecode, artifactMetadataHash: artifactMetadataHash, functionMetadataHash: metadataHash,
            privateFunctionsArtifactTreeRoot: privateFunctionsArtifactTreeRoot, artifactTreeSiblingPath: path, artifactTreeLeafIndex: index)
    }
}

/// Reads the fields of a broadcast behind its tag.
private struct BroadcastReader {
    let log: ContractClassLogFields
    var position = 1

    init(_ log: ContractClassLog) { self.log = log.fields }

    mutating func field() -> Fr {
        defer { position += 1 }
        return log[position]
    }

    mutating func fields(_ count: Int) -> [Fr] { (0..<count).map { _ in field() } }

    mutating func number(_ what: String) throws(ContractEventError) -> Int {
        guard let value = field().uint32 else { throw ContractEventError("broadcast function: \(what) is no number") }
        return Int(value)
    }

    mutating func selector() throws(ContractEventError) -> FunctionSelector {
        guard let selector = FunctionSelector(field()) else { throw ContractEventError("broadcast function: selector is not 4 bytes") }
        return selector
    }

    mutating func bytecode(_ count: Int) throws(ContractEventError) -> [UInt8] {
        guard let bytes = PackedBytecode.read(log, from: position, count: count) else {
            throw ContractEventError("broadcast function: bytecode length is no number")
        }
        position += count
        return bytes
    }

    func requireEnd() throws(ContractEventError) {
        guard log.significant.count <= position else { throw ContractEventError("broadcast function: data behind its end") }
    }
}
