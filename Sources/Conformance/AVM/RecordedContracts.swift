import AVM
import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution

/// Contract data of a recording: what its steps registered, and what transactions of the current block published.
final class RecordedContracts {
    private let listedClasses: [ExecutableClass]
    private let listedInstances: [(address: AztecAddress, instance: ContractInstance)]
    private var classes: [Fr: ExecutableClass] = [:]
    private var instances: [AztecAddress: ContractInstance] = [:]
    private var blockClasses: [Fr: ExecutableClass] = [:]
    private var blockInstances: [AztecAddress: ContractInstance] = [:]

    /// - Parameter directories: where files with bytecode are looked for.
    init(_ root: JSONElement, directories: [String]) throws {
        listedClasses = try root.member("contractClasses").elements.map { element in
            let bytecode = try element["packedBytecode"]?.bytes() ?? Self.load(try element.member("packedBytecodeFile").text(), in: directories)
            return ExecutableClass(id: try element.member("id").field(), program: Program(bytecode))
        }
        listedInstances = try root.member("contractInstances").elements.map { (try $0.member("address").address(), try $0.instance()) }
    }

    private static func load(_ name: String, in directories: [String]) throws -> [UInt8] {
        guard let path = directories.map({ $0 + "/" + name }).first(where: Vectors.exists) else { throw Vectors.Failure("no file \(name)") }
        return try Vectors.load(path)
    }

    func registerClass(_ index: Int) throws {
        guard listedClasses.indices.contains(index) else { throw Vectors.Failure("no class \(index)") }
        register(listedClasses[index])
    }

    func registerInstance(_ index: Int) throws {
        guard listedInstances.indices.contains(index) else { throw Vectors.Failure("no instance \(index)") }
        register(listedInstances[index].instance, at: listedInstances[index].address)
    }

    func register(_ contractClass: ExecutableClass) { classes[contractClass.id] = contractClass }
    func register(_ instance: ContractInstance, at address: AztecAddress) { instances[address] = instance }

    func unregister(_ classId: Fr, _ address: AztecAddress) {
        classes[classId] = nil
        instances[address] = nil
    }

    func commit(_ published: PublishedContracts) {
        for contractClass in published.classes {
            blockClasses[contractClass.id] = ExecutableClass(id: contractClass.id, program: Program(contractClass.packedBytecode))
        }
        for instance in published.instances { blockInstances[instance.address] = instance.instance }
    }

    func beginBlock() {
        blockClasses = [:]
        blockInstances = [:]
    }

    func contractClass(_ id: Fr) -> ExecutableClass? { blockClasses[id] ?? classes[id] }
    func instance(_ address: AztecAddress) -> ContractInstance? { blockInstances[address] ?? instances[address] }
}
