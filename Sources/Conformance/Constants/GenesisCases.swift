import Bytes
import ConformanceKit
import Field
import Hashing
import JSON
import Protocol
import WorldState

enum GenesisCases {
    static func run(_ root: JSONElement, _ file: String, _ report: inout ConformanceReport) throws {
        report.skip("addresses of test accounts (they need the account contract's class)", count: root["testAccounts"]?.count ?? 0)
        for (index, entry) in root["cases"]!.elements.enumerated() {
            let name = "\(index) \(entry["label"]?.string ?? "")"
            do {
                try check(entry, name, file, &report)
            } catch {
                report.fail(file: file, case: name, expected: "a genesis state", got: "\(error)")
            }
        }
    }

    private static func check(_ entry: JSONElement, _ name: String, _ file: String, _ report: inout ConformanceReport) throws {
        let accounts: [Fr] = try entry.decodeArray("initialAccounts")
        let each: Fr = try entry.decode("feeJuiceEach")
        let given = try entry["genesisPublicData"]?.elements.map(leaf) ?? []
        let prefilled = (given + accounts.map { PublicDataWrite(leafSlot: Siloing.feePayerBalanceLeafSlot($0), value: each) }).sorted { $0.leafSlot < $1.leafSlot }
        let expected = try entry["prefilledPublicData"]!.elements.map(leaf)
        report.check(file: file, case: "\(name): prefilled data", expected: expected, got: prefilled)
        let funding = (0..<accounts.count).reduce(Fr.zero) { sum, _ in sum + each }
        report.check(file: file, case: "\(name): funding", expected: entry["fundingNeeded"]?.string ?? "", got: BigInteger(funding).description)

        let (trees, headerHash) = try GenesisState(prefilledPublicData: expected).compute()
        for (treeName, tree) in entry["trees"]!.members {
            guard let id = tree["id"]?.int.flatMap({ UInt8(exactly: $0) }).flatMap({ TreeID(rawValue: $0) }) else {
                report.fail(file: file, case: "\(name): \(treeName)", expected: "a tree id from 0 to 4", got: "another")
                continue
            }
            let got = "\(trees[id].root.hex) \(trees[id].size) \(id.height)"
            let wanted = "\(tree["root"]?.string ?? "") \(tree["size"]?.string ?? "") \(tree["depth"]?.int ?? 0)"
            report.check(file: file, case: "\(name): \(treeName)", expected: wanted, got: got)
        }
        report.check(file: file, case: "\(name): archive root", expected: entry["genesisArchiveRoot"]?.string ?? "", got: trees[.archive].root.hex)
        report.check(file: file, case: "\(name): archive leaf 0", expected: entry["archiveLeaf0"]?.string ?? "", got: headerHash.hex)
        report.check(file: file, case: "\(name): state reference", expected: entry["stateReference"]?.string ?? "", got: trees.stateReference.serialized.hex)
        var header = BlockHeader.zero
        header.state = trees.stateReference
        report.check(file: file, case: "\(name): header", expected: entry["initialHeader"]?["bytes"]?.string ?? "", got: header.serialized.hex)
        report.check(file: file, case: "\(name): header hash", expected: entry["initialHeader"]?["hash"]?.string ?? "", got: header.hash().hex)
        if let wanted = entry["publicDataLeaf127"]?.string, let last = expected.last {
            let leaf = PublicDataTreeLeafPreimage(slot: last.leafSlot, value: last.value, nextIndex: 0, nextKey: .zero)
            // The recorded form leaves bytes open beyond slot and value; these two must stand first.
            report.check(file: file, case: "\(name): last leaf", expected: String(wanted.prefix(130)), got: String(leaf.serialized.hex.prefix(130)))
        }
    }

    private static func leaf(_ element: JSONElement) throws -> PublicDataWrite {
        PublicDataWrite(leafSlot: try element.decode("slot"), value: try element.decode("value"))
    }
}
