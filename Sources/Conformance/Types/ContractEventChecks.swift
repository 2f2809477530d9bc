import Bytes
import ConformanceKit
import Field
import JSON
import Protocol

/// `ContractEvents`: class, instance, update and function events read out of logs.
enum ContractEventChecks {
    struct Result {
        var matches: Bool
        var decoded: JSONTree
        /// What the event turns into; nil when it is refused.
        var converted: JSONTree?
    }

    /// Name of the event → member that holds what it turns into, and the reader.
    private static let events: [String: (conversion: String, read: @Sendable (JSONElement) throws -> Result)] = [
        "ContractClassRegistered": ("toContractClassPublic", classRegistered),
        "ContractInstanceDeployed": ("toContractInstance", instanceDeployed),
        "ContractInstanceUpdated": ("toContractInstanceUpdate", instanceUpdated),
        "PrivateFunctionBroadcasted": ("toFunction", privateFunction),
        "UtilityFunctionBroadcasted": ("toFunction", utilityFunction),
    ]

    @Sendable static func run(file: String, root: JSONElement, report: inout ConformanceReport) throws {
        for (index, element) in root.list("cases").enumerated() {
            let name = element["event"]?.string ?? ""
            let label = "case \(index) \(name) \(element["label"]?.string ?? "")"
            guard let event = events[name] else {
                report.fail(file: file, case: label, expected: "a known event", got: name)
                continue
            }
            do {
                let result = try event.read(element)
                if let complaint = complaint(about: result, element, event.conversion) {
                    report.fail(file: file, case: label, expected: complaint.expected, got: complaint.got)
                } else {
                    report.pass()
                }
            } catch {
                if element["decoded"]?["throws"] != nil { report.pass() } else {
                    report.fail(file: file, case: label, expected: "an event", got: "\(error)")
                }
            }
        }
    }

    private static func complaint(about result: Result, _ element: JSONElement, _ conversion: String) -> (expected: String, got: String)? {
        if let matches = element["matches"]?.bool, matches != result.matches { return ("matches \(matches)", "\(result.matches)") }
        if let decoded = element["decoded"], let difference = JSONTree(decoded).difference(from: result.decoded) { return ("the decoded event", difference) }
        guard let expected = element[conversion].map({ JSONTree($0) }) else { return nil }
        if expected["throws"] != nil { return result.converted.map { ("a refusal: \(expected.compact)", $0.compact) } }
        guard let converted = result.converted else { return (expected.compact, "a refusal") }
        return expected.difference(from: converted).map { (conversion, $0) }
    }

    /// The log a case describes by its fields.
    private static func classLog(_ element: JSONElement) throws -> ContractClassLog {
        let fields: [Fr] = try element.decodeArray("emittedFields")
        let address = try element.decodeIfPresent("contractAddress", AztecAddress.self) ?? ProtocolContracts.classRegisterer
        let length = element["emittedLength"]?.int ?? fields.count
        return ContractClassLog(contractAddress: address, fields: ContractClassLogFields(fields), emittedLength: UInt32(length))
    }

    private static func binary<T: BinaryCodable>(_ element: JSONElement) throws -> T {
        let text = try element.required("log").requireString()
        guard let bytes = Hex.decode(text) else { throw JSONError("hex is expected", at: element) }
        return try T(exactly: bytes)
    }

    @Sendable private static func classRegistered(_ element: JSONElement) throws -> Result {
        let log = try classLog(element)
        let event = try ContractClassRegisteredEvent(log)
        return Result(
            matches: ContractClassRegisteredEvent.matches(log),
            decoded: .object([
                "contractClassId": .string(event.contractClassId.hex), "version": .number(event.version),
                "artifactHash": .string(event.artifactHash.hex), "privateFunctionsRoot": .string(event.privateFunctionsRoot.hex),
                "packedPublicBytecode": .string(event.packedPublicBytecode.hex),
            ]),
            converted: (try? event.verified()).map { .string($0.contractClass.id.hex) })
    }

    @Sendable private static func instanceDeployed(_ element: JSONElement) throws -> Result {
        let log: PrivateLog = try binary(element)
        let event = try ContractInstanceDeployedEvent(log)
        return Result(
            matches: ContractInstanceDeployedEvent.matches(log),
            decoded: .object([
                "address": .string(event.address.hex), "version": .number(event.version), "salt": .string(event.salt.hex),
                "contractClassId": .string(event.contractClassId.hex), "initializationHash": .string(event.initializationHash.hex),
                "publicKeys": try .printed(event.publicKeys), "deployer": .string(event.deployer.hex),
            ]),
            converted: try (try? event.instance()).map { try .printed($0) })
    }

    @Sendable private static func instanceUpdated(_ element: JSONElement) throws -> Result {
        let log: PublicLog = try binary(element)
        let event = try ContractInstanceUpdatedEvent(log)
        let tree: JSONTree = .object([
            "address": .string(event.address.hex), "prevContractClassId": .string(event.update.prevContractClassId.hex),
            "newContractClassId": .string(event.update.newContractClassId.hex), "blockOfChange": .number(event.update.blockOfChange),
        ])
        return Result(matches: ContractInstanceUpdatedEvent.matches(log), decoded: tree, converted: tree)
    }

    @Sendable private static func privateFunction(_ element: JSONElement) throws -> Result {
        let log = try classLog(element)
        let event = try PrivateFunctionBroadcastedEvent(log)
        let function = event.function
        let head: [String: JSONTree] = [
            "selector": .string(function.selector.hex), "metadataHash": .string(function.functionMetadataHash.hex),
            "vkHash": .string(function.vkHash.hex), "bytecode": .string(Base64.encode(function.bytecode)),
        ]
        var converted = try JSONTree.printed(function)
        converted = converted.replacing([.key("metadataHash")], with: .string(function.functionMetadataHash.hex))
        return Result(
            matches: PrivateFunctionBroadcastedEvent.matches(log),
            decoded: .object([
                "contractClassId": .string(event.contractClassId.hex), "artifactMetadataHash": .string(function.artifactMetadataHash.hex),
                "utilityFunctionsTreeRoot": .string(function.utilityFunctionsTreeRoot.hex),
                "privateFunctionTreeSiblingPath": .strings(function.privateFunctionTreeSiblingPath.map(\.hex)),
                "privateFunctionTreeLeafIndex": .number(function.privateFunctionTreeLeafIndex),
                "artifactFunctionTreeSiblingPath": .strings(event.artifactFunctionTreeSiblingPath.map(\.hex)),
                "artifactFunctionTreeLeafIndex": .number(function.artifactTreeLeafIndex), "privateFunction": .object(head),
            ]),
            converted: converted)
    }

    @Sendable private static func utilityFunction(_ element: JSONElement) throws -> Result {
        let log = try classLog(element)
        let event = try UtilityFunctionBroadcastedEvent(log)
        let function = event.function
        let head: [String: JSONTree] = [
            "selector": .string(function.selector.hex), "metadataHash": .string(function.functionMetadataHash.hex),
            "bytecode": .string(Base64.encode(function.bytecode)),
        ]
        var converted = try JSONTree.printed(function)
        converted = converted.replacing([.key("metadataHash")], with: .string(function.functionMetadataHash.hex))
        return Result(
            matches: UtilityFunctionBroadcastedEvent.matches(log),
            decoded: .object([
                "contractClassId": .string(event.contractClassId.hex), "artifactMetadataHash": .string(function.artifactMetadataHash.hex),
                "privateFunctionsArtifactTreeRoot": .string(function.privateFunctionsArtifactTreeRoot.hex),
                "artifactFunctionTreeSiblingPath": .strings(event.artifactFunctionTreeSiblingPath.map(\.hex)),
                "artifactFunctionTreeLeafIndex": .number(function.artifactTreeLeafIndex), "utilityFunction": .object(head),
            ]),
            converted: converted)
    }
}
