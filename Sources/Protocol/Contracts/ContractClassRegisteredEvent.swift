public import Field
import Hashing

/// A class published by the class registerer, in a contract class log.
public struct ContractClassRegisteredEvent: Hashable, Sendable {
    public var contractClassId: Fr
    public var version: UInt64
    public var artifactHash: Fr
    public var privateFunctionsRoot: Fr
    public var packedPublicBytecode: [UInt8]

    public static func matches(_ log: ContractClassLog) -> Bool { log.tag == ContractEventTags.classRegistered }

    /// Reads a log whatever its tag is.
    public init(_ log: ContractClassLog) throws(ContractEventError) {
        contractClassId = log.fields[1]
        guard let version = log.fields[2].uint64 else { throw ContractEventError("contract class \(contractClassId): version is no number") }
        self.version = version
        artifactHash = log.fields[3]
        privateFunctionsRoot = log.fields[4]
        guard let bytecode = PackedBytecode.read(log.fields, from: 5, count: ContractClassLogFields.size - 5) else {
            throw ContractEventError("contract class \(contractClassId): bytecode length is no number")
        }
        packedPublicBytecode = bytecode
    }

    /// The class, once its id was computed and found to be the claimed one, with the commitment to its bytecode.
    public func verified() throws(ContractEventError) -> (contractClass: ContractClassPublic, bytecodeCommitment: Fr) {
        let contractClass = ContractClassPublic(
            id: contractClassId, artifactHash: artifactHash, privateFunctionsRoot: privateFunctionsRoot, packedBytecode: packedPublicBytecode)
        let commitment: Fr
        do {
            commitment = try contractClass.bytecodeCommitment()
        } catch {
            throw ContractEventError("contract class \(contractClassId): bytecode takes \(error.needed) fields, \(error.allowed) are allowed")
        }
        let computed = ContractDerivations.classID(
            artifactHash: artifactHash, privateFunctionsRoot: privateFunctionsRoot, bytecodeCommitment: commitment)
        guard computed == contractClassId else { throw ContractEventError("contract class \(contractClassId): its contents give the id \(computed)") }
        guard version == UInt64(ContractClassPublic.version) else { throw ContractEventError("contract class \(contractClassId): version \(version)") }
        return (contractClass, commitment)
    }
}

/// Bytes packed as a length and 31 bytes a field.
enum PackedBytecode {
    /// The bytes that start at field `start`, of which `count` belong to them; a length beyond them is cut to what is
    /// there. nil when the length is no number at all.
    static func read(_ fields: ContractClassLogFields, from start: Int, count: Int) -> [UInt8]? {
        guard let claimed = fields[start].uint64 else { return nil }
        let length = Int(min(claimed, UInt64(31 * (count - 1))))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + 31)
        var index = start + 1
        while bytes.count < length {
            bytes += fields[index].bytes.dropFirst()
            index += 1
        }
        bytes.removeLast(bytes.count - length)
        return bytes
    }
}
