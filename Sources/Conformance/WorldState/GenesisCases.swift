import ConformanceKit
import JSON
import TemporaryFiles
import WorldState

enum GenesisCases {
    static func run(_ root: JSONElement, file: String, report: inout ConformanceReport) throws {
        for element in try root.member("cases").elements {
            let name = element["note"]?.string ?? "case"
            let genesis = GenesisState(prefilledPublicData: try element.member("prefill").elements.map { try $0.write() })
            let directory = try TemporaryDirectory("world-state")
            do {
                let store = try WorldStateStore(try directory.open(), genesis: genesis)
                guard let expected = element["ok"] else {
                    report.fail(file: file, case: name, expected: element["error"]?.string ?? "a refusal", got: "acceptance")
                    continue
                }
                let snapshot = try store.snapshot(at: 0)
                report.check(file: file, case: name, expected: try expected.member("trees").canonical, got: Answer.trees(snapshot))
                report.check(
                    file: file, case: name, expected: try expected.member("headerHash").field(), got: try genesis.compute().headerHash)
                report.check(file: file, case: name, expected: try expected.member("status").canonical, got: Answer.status(try store.status))
                let view = try WorldStateView(store.database)
                for leaf in expected["leaves"]?.elements.map({ $0 }) ?? [] {
                    guard let index = leaf[0], let preimage = leaf[1] else { throw FormatError(description: "\(leaf.path) is no pair") }
                    let place = try index.index()
                    let got = try view.leafPreimage(.publicData, place).map { Answer.preimage($0, .publicData) }
                    report.check(file: file, case: "\(name), leaf \(place)", expected: preimage.canonical, got: got ?? "null")
                }
            } catch let error as WorldStateError {
                if element["error"] != nil { report.pass() } else {
                    report.fail(file: file, case: name, expected: "acceptance", got: "\(error)")
                }
            }
        }
    }
}
