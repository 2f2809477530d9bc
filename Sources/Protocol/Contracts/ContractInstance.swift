public import Bytes
public import Field
import Hashing
public import JSON

/// A deployed contract without its address (note 02 §10). The version is always 1.
public struct ContractInstance: Hashable, Sendable, BinaryCodable {
    public static let version: UInt8 = 1
    public static let byteCount = 417

    public var salt: Fr
    /// Zero when anyone may have deployed it.
    public var deployer: AztecAddress
    public var currentContractClassId: Fr
    /// The class it was deployed with; the address depends on it.
    public var originalContractClassId: Fr
    public var initializationHash: Fr
    public var publicKeys: PublicKeys

    public init(
        salt: Fr, deployer: AztecAddress, currentContractClassId: Fr, originalContractClassId: Fr, initializationHash: Fr,
        publicKeys: PublicKeys
    ) {
        self.salt = salt
        self.deployer = deployer
        self.currentContractClassId = currentContractClassId
        self.originalContractClassId = originalContractClassId
        self.initializationHash = initializationHash
        self.publicKeys = publicKeys
    }

    public init(from reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        let version = try reader.readUInt8("version")
        guard version == Self.version else { throw DecodingError("contract instance: version \(version)", at: start) }
        salt = try Fr(from: &reader)
        deployer = try AztecAddress(from: &reader)
        currentContractClassId = try Fr(from: &reader)
        originalContractClassId = try Fr(from: &reader)
        initializationHash = try Fr(from: &reader)
        publicKeys = try PublicKeys(from: &reader)
    }

    public func write(to writer: inout ByteWriter) {
        writer.write(Self.version)
        salt.write(to: &writer)
        deployer.write(to: &writer)
        currentContractClassId.write(to: &writer)
        originalContractClassId.write(to: &writer)
        initializationHash.write(to: &writer)
        publicKeys.write(to: &writer)
    }

    /// What the address commits to beside the keys.
    public func partialAddress() -> Fr {
        ContractDerivations.partialAddress(
            originalClassID: originalContractClassId,
            saltedInitializationHash: ContractDerivations.saltedInitializationHash(
                salt: salt, initializationHash: initializationHash, deployer: deployer.field))
    }

    /// The address of note 02 §10; events that carry an address are taken at their word instead.
    public func derivedAddress() -> AztecAddress {
        let viewing = publicKeys.masterIncomingViewingPublicKey
        return AztecAddress(ContractDerivations.address(
            preaddress: ContractDerivations.preaddress(publicKeysHash: publicKeys.hash(), partialAddress: partialAddress()),
            incomingViewingKey: GrumpkinPoint(x: viewing.x, y: viewing.y)))
    }
}

extension ContractInstance: JSONEncodable, JSONDecodable {
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("version", Self.version)
        writer.member("salt", salt)
        writer.member("deployer", deployer)
        writer.member("currentContractClassId", currentContractClassId)
        writer.member("originalContractClassId", originalContractClassId)
        writer.member("initializationHash", initializationHash)
        writer.member("publicKeys", publicKeys)
    }

    public init(json: JSONElement) throws(JSONError) {
        try json.requireVersion1()
        salt = try json.decode("salt")
        deployer = try json.decode("deployer")
        currentContractClassId = try json.decode("currentContractClassId")
        originalContractClassId = try json.decode("originalContractClassId")
        initializationHash = try json.decode("initializationHash")
        publicKeys = try json.decode("publicKeys")
    }
}

extension JSONElement {
    /// The member `version`, which has to be the number 1.
    func requireVersion1() throws(JSONError) {
        let version = try required("version")
        guard version.double == 1 else { throw JSONError("version 1 is expected", at: version) }
    }
}
