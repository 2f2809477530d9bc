import Bytes
import ConformanceKit
import Hashing
import JSON
import L1
import Protocol

enum ForwarderCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) {
        if let code = root.hex("creationBytecode") {
            report.check(file: file, case: "creation bytecode", expected: Keccak256.hash(code).hex, got: Keccak256.hash(ForwarderContract.creationBytecode).hex)
        }
        if let deployer = root["create2Deployer"]?.string {
            report.check(file: file, case: "deployer", expected: deployer.lowercased(), got: ForwarderContract.deployer.hex)
        }
        for entry in root["addresses"]?.elements.map({ $0 }) ?? [] {
            guard let owner = entry.hex("owner").flatMap({ EthAddress($0) }) else {
                report.fail(file: file, case: "address", expected: "an owner", got: "none")
                continue
            }
            report.check(file: file, case: "address of \(owner)", expected: entry["expectedAddress"]?.string?.lowercased() ?? "", got: ForwarderContract.address(owner: owner).hex)
            if let data = entry["deployTxData"]?.string {
                report.check(file: file, case: "deployment by \(owner)", expected: data, got: ForwarderContract.deploymentData(owner: owner).hex)
            } else if let hash = entry["deployTxDataKeccak"]?.string {
                report.check(file: file, case: "deployment by \(owner)", expected: hash, got: Keccak256.hash(ForwarderContract.deploymentData(owner: owner)).hex)
            }
            if let hash = entry["initCodeKeccak"]?.string {
                report.check(file: file, case: "init code of \(owner)", expected: hash, got: Keccak256.hash(ForwarderContract.initCode(owner: owner)).hex)
            }
        }
        for (index, entry) in (root["forward"]?.elements.map { $0 } ?? []).enumerated() {
            let targets = entry["to"]?.elements.compactMap { $0.bytesOfHex.flatMap { EthAddress($0) } } ?? []
            let data = entry["data"]?.elements.compactMap { $0.bytesOfHex } ?? []
            let calls = zip(targets, data).map { (to: $0, data: $1) }
            report.check(file: file, case: "forward \(index)", expected: entry["calldata"]?.string ?? "", got: ForwarderContract.forward(calls).hex)
        }
    }
}
