import Archive
import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import Storage
import WorldState

/// The five tree roots after every block, in the database the stopped node left.
struct StoredRoots {
    let recording: Recording
    let file: String

    func run(_ dataDirectory: String, _ report: inout ConformanceReport) throws {
        let database = try Database(
            dataDirectory + "/chain", mode: .readOnly, columnFamilies: ArchiveSchema.columnFamilies + ColumnFamilyOptions.worldState)
        guard let status = try WorldStateView.status(of: database) else { throw Vectors.Failure("the database has no world state") }
        report.check(file: file, case: "stored tip", expected: recording.tip, got: Int(status.latest))
        let trees: [(key: String, tree: TreeID)] = [
            ("l1ToL2MessageTree", .l1ToL2Message), ("noteHashTree", .noteHash), ("nullifierTree", .nullifier), ("publicDataTree", .publicData), ("archiveRoot", .archive),
        ]
        for document in recording.blocks {
            let block = document.root
            guard let number = block["number"]?.int.flatMap({ UInt32(exactly: $0) }), number >= status.oldest else {
                report.skip("roots of blocks that the node has pruned")
                continue
            }
            let snapshot = try WorldStateView(database, at: number).snapshot()
            for (key, tree) in trees {
                guard let expected = block[key]?.string else { continue }
                report.check(file: file, case: "stored \(key) at block \(number)", expected: expected, got: snapshot[tree].root.hex)
            }
        }
        for beyond in recording.beyond {
            guard let expected = beyond.document.root["archive"]?.string, let number = UInt32(exactly: beyond.number) else { continue }
            let snapshot = try WorldStateView(database, at: number).snapshot()
            report.check(file: file, case: "stored archive root at block \(number)", expected: expected, got: snapshot[.archive].root.hex)
            let header = try Archive(database).header(UInt64(number))
            report.check(
                file: file, case: "stored state at block \(number)", expected: header?.state.serialized.hex ?? "a header", got: snapshot.stateReference.serialized.hex)
        }
        let genesis = try GenesisState(prefilledPublicData: recording.genesis.root.required("prefilledPublicData").elements.map {
            PublicDataWrite(leafSlot: try $0.decode("slot"), value: try $0.decode("value"))
        }).compute()
        if let root = recording.genesis.root["genesisArchiveRoot"]?.string {
            report.check(file: file, case: "genesis archive root", expected: root, got: genesis.trees[.archive].root.hex)
        }
    }
}
