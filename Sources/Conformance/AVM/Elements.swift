import Bytes
import ConformanceKit
import Field
import JSON
import Protocol

extension JSONElement {
    func member(_ name: String) throws -> JSONElement {
        guard let value = self[name] else { throw Vectors.Failure("\(path) has no «\(name)»") }
        return value
    }

    func text() throws -> String {
        guard let text = string else { throw Vectors.Failure("\(path) is no text") }
        return text
    }

    /// Leading zeros may be missing.
    func field() throws -> Fr {
        guard let text = string, let value = Fr(hex: text) else { throw Vectors.Failure("\(path) is no field element") }
        return value
    }

    func fields() throws -> [Fr] { try elements.map { try $0.field() } }
    func address() throws -> AztecAddress { AztecAddress(try field()) }

    func bytes() throws -> [UInt8] {
        guard let text = string, let bytes = Hex.decode(text) else { throw Vectors.Failure("\(path) is no hex string") }
        return bytes
    }

    func number() throws -> Int {
        guard let value = int else { throw Vectors.Failure("\(path) is no number") }
        return value
    }

    /// Below zero for transactions whose private part claims less gas than its teardown limits, which no kernel proves:
    /// here that is zero.
    func gas() throws -> Gas {
        Gas(daGas: UInt32(clamping: try member("daGas").number()), l2Gas: UInt32(clamping: try member("l2Gas").number()))
    }

    func snapshot() throws -> AppendOnlyTreeSnapshot {
        guard let size = UInt32(exactly: try member("size").number()) else { throw Vectors.Failure("\(path): size") }
        return AppendOnlyTreeSnapshot(root: try member("root").field(), nextAvailableLeafIndex: size)
    }

    func globals() throws -> GlobalVariables { try GlobalVariables(exactly: try member("bufferHex").bytes()) }

    func point() throws -> Point {
        let bytes = try bytes()
        guard bytes.count == 64, let x = Fr(canonical: bytes[..<32]), let y = Fr(canonical: bytes[32...]) else {
            throw Vectors.Failure("\(path) is no point")
        }
        return Point(x: x, y: y)
    }

    func instance() throws -> ContractInstance {
        let keys = try member("publicKeys")
        return ContractInstance(
            salt: try member("salt").field(), deployer: try member("deployer").address(),
            currentContractClassId: try member("currentContractClassId").field(),
            originalContractClassId: try member("originalContractClassId").field(),
            initializationHash: try member("initializationHash").field(),
            publicKeys: PublicKeys(
                masterNullifierPublicKey: try keys.member("masterNullifierPublicKey").point(),
                masterIncomingViewingPublicKey: try keys.member("masterIncomingViewingPublicKey").point(),
                masterOutgoingViewingPublicKey: try keys.member("masterOutgoingViewingPublicKey").point(),
                masterTaggingPublicKey: try keys.member("masterTaggingPublicKey").point()))
    }
}

extension ConformanceReport {
    /// Compares lists; of different ones the first difference is shown.
    mutating func check<T: Equatable>(file: String, case name: String, expected: [T], got: [T]) {
        guard expected != got else { return pass() }
        guard let place = zip(expected, got).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
            return fail(file: file, case: name, expected: "\(expected.count) elements", got: "\(got.count)")
        }
        fail(file: file, case: "\(name), element \(place)", expected: "\(expected[place])", got: "\(got[place])")
    }
}
