import Bytes
import Configuration
import ConformanceKit
import Field
import Hashing
import JSON
import Protocol

/// Classes with their ids and selectors; protocol contracts also with bytecode, instances and roots.
enum ContractCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        if let expected = root["vkTreeRoot"]?.string {
            report.check(file: file, case: "vkTreeRoot", expected: expected, got: ProtocolContracts.vkTreeRoot.hex)
            if root["vkTreeLeaves"] != nil {
                let leaves: [Fr] = try root.decodeArray("vkTreeLeaves")
                let height = Int.bitWidth - (leaves.count - 1).leadingZeroBitCount
                report.check(file: file, case: "vkTreeRoot out of its leaves", expected: expected, got: MerkleRoots.balanced(leaves, height: height, .poseidon2).hex)
            }
        }
        if let expected = root["protocolContractTreeRoot"]?.string {
            report.check(file: file, case: "protocolContractTreeRoot", expected: expected, got: ProtocolContracts.treeRoot.hex)
        }
        let tags = [
            "contractClassRegistered": ContractEventTags.classRegistered, "privateFunctionBroadcasted": ContractEventTags.privateFunctionBroadcasted,
            "utilityFunctionBroadcasted": ContractEventTags.utilityFunctionBroadcasted, "instanceDeployed": ContractEventTags.instanceDeployed,
            "instanceUpdated": ContractEventTags.instanceUpdated,
        ]
        for (name, tag) in root["tags"]?.members.map({ ($0.key, $0.value) }) ?? [] {
            report.check(file: file, case: "tag \(name)", expected: tag.string ?? "", got: tags[name]?.hex ?? "no such tag")
        }
        var leaves: [(address: Fr, leaf: Fr)] = []
        for contract in root["contracts"]!.elements {
            let name = contract["name"]?.string ?? "contract"
            do {
                try check(contract, name, file, &report)
                if let leaf: Fr = try contract.decodeIfPresent("leafInProtocolContractTree") { leaves.append((try contract.decode("address"), leaf)) }
            } catch {
                report.fail(file: file, case: name, expected: "a contract", got: "\(error)")
            }
        }
        if !leaves.isEmpty {
            report.check(file: file, case: "protocolContractTreeRoot out of its leaves", expected: ProtocolContracts.treeRoot.hex, got: treeRoot(leaves).hex)
        }
    }

    /// An indexed tree: the leaf of contract n stands at n and points to the next larger one; places up to the most
    /// contracts there can be hold the zero leaf, further ones nothing.
    private static func treeRoot(_ leaves: [(address: Fr, leaf: Fr)]) -> Fr {
        var values = [Fr](repeating: .zero, count: ProtocolConstants.maxProtocolContracts)
        for (address, leaf) in leaves { if let index = address.uint64.flatMap({ Int(exactly: $0) }), index < values.count { values[index] = leaf } }
        let descending = values.indices.sorted { values[$0] > values[$1] || values[$0] == values[$1] && $0 < $1 }
        var hashes = [Fr](repeating: .zero, count: values.count)
        for (position, index) in descending.enumerated() {
            hashes[index] = Poseidon2.hash([values[index], position == 0 ? .zero : values[descending[position - 1]]])
        }
        return MerkleRoots.balanced(hashes, height: ProtocolConstants.protocolContractTreeHeight, .poseidon2)
    }

    private static func check(_ contract: JSONElement, _ name: String, _ file: String, _ report: inout ConformanceReport) throws {
        let functions = try contract["privateFunctions"]?.elements.map { element in
            ContractDerivations.PrivateFunction(selector: try selector(element.required("selector")), vkHash: try element.decode("vkHash"))
        } ?? []
        let root: Fr = try contract.decode("privateFunctionsRoot")
        report.check(file: file, case: "\(name): private functions root", expected: root.hex, got: ContractDerivations.privateFunctionsRoot(functions)?.hex ?? "none")
        var commitment: Fr = try contract.decode("publicBytecodeCommitment")
        if let text = contract["packedBytecode"]?.string, let bytecode = Hex.decode(text) {
            report.check(file: file, case: "\(name): bytecode length", expected: contract["packedBytecodeLength"]?.int, got: bytecode.count)
            let computed = try ContractDerivations.bytecodeCommitment(bytecode)
            report.check(file: file, case: "\(name): bytecode commitment", expected: commitment.hex, got: computed.hex)
            commitment = computed
        } else {
            report.skip("bytecode commitments without the bytecode")
        }
        let id = ContractDerivations.classID(artifactHash: try contract.decode("artifactHash"), privateFunctionsRoot: root, bytecodeCommitment: commitment)
        report.check(file: file, case: "\(name): class id", expected: contract["contractClassId"]?.string ?? "", got: id.hex)
        for function in contract["functions"]?.elements.map({ $0 }) ?? [] {
            let signature = function["signature"]?.string ?? ""
            let got = ContractDerivations.selector(signature: signature).map { value in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }.hex }
            report.check(file: file, case: "\(name): \(signature)", expected: function["selector"]?.string ?? "", got: got ?? "none")
        }
        guard let row = contract["instance"] else { return }
        let keys = Hex.decode(row["publicKeys"]?.string ?? "") ?? []
        let instance = ContractInstance(
            salt: try row.decode("salt"), deployer: try row.decode("deployer"), currentContractClassId: try row.decode("currentContractClassId"),
            originalContractClassId: try row.decode("originalContractClassId"), initializationHash: try row.decode("initializationHash"),
            publicKeys: try PublicKeys(exactly: keys))
        if let expected = contract["derivedAddress"]?.string {
            report.check(file: file, case: "\(name): derived address", expected: expected, got: instance.derivedAddress().hex)
        }
        // What this node registers at block 0.
        let address: AztecAddress = try row.decode("address")
        guard let own = ProtocolContracts.all.first(where: { $0.instance.address == address }) else {
            report.fail(file: file, case: "\(name): own data", expected: "a protocol contract at \(address)", got: "none")
            return
        }
        report.check(file: file, case: "\(name): own instance", expected: instance, got: own.instance.instance)
        report.check(file: file, case: "\(name): own class", expected: contract["contractClassId"]?.string ?? "", got: own.contractClass().id.hex)
        report.check(file: file, case: "\(name): own bytecode", expected: contract["packedBytecode"]?.string ?? "", got: own.contractClass().packedBytecode.hex)
        report.check(file: file, case: "\(name): own commitment", expected: contract["publicBytecodeCommitment"]?.string ?? "", got: own.bytecodeCommitment.hex)
    }

    private static func selector(_ element: JSONElement) throws -> UInt32 {
        guard let bytes = Hex.decode(element.string ?? ""), bytes.count == 4 else { throw JSONError("a selector is expected", at: element) }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

enum AllowListCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        let expected = try root["allowed"]!.elements.map { try AllowedElement(json: $0) }
        let got = try ValueKind.allowList.parse(Option.defaultAllowList, default: .absent).list ?? []
        report.check(file: file, case: "default list", expected: expected.map(\.jsonText).map(plain).sorted(), got: got.map { plain(ValueText.text($0)) }.sorted())
        guard let account = root["sponsoredFpc"] else { return }
        let classID: Fr = try account.decode("contractClassId")
        let salt: Fr = try account.decode("salt")
        let instance = ContractInstance(
            salt: salt, deployer: .zero, currentContractClassId: classID, originalContractClassId: classID, initializationHash: .zero, publicKeys: .default)
        report.check(file: file, case: "sponsored FPC address", expected: account["address"]?.string ?? "", got: instance.derivedAddress().hex)
    }

    private static func plain(_ text: String) -> String { text.filter { $0 != "\"" } }
}
