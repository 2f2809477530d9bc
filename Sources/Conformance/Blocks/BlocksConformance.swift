import Bytes
import ConformanceKit
import Field
import JSON
import Protocol
import PublicExecution
import WorldState

/// `vectors/blocks`: chains of blocks without L1. Each is decoded, written again in every form, its blobs are made and
/// read back, its transactions are executed and a block made of them, and it is applied to a world state that starts from
/// the chain's genesis.
///
/// A directory holds one chain (a file with «prefilledPublicData» and «genesis») and its blocks (files with «blockHex»,
/// in the order of their numbers); directories below are chains of their own.
public enum BlocksConformance {
    public static func run(directory: String, report: inout ConformanceReport) throws {
        var chain: (path: String, document: JSONDocument)?
        var blocks: [(number: UInt64, path: String)] = []
        for path in try Vectors.files(in: directory) {
            let document = try Vectors.json(path)
            if document.root["blockHex"] != nil {
                blocks.append((try document.root.required("number").requireUInt64(), path))
            } else if document.root["prefilledPublicData"] != nil, document.root["genesis"] != nil {
                if let chain { throw Vectors.Failure("\(directory) holds two chains: \(Vectors.name(chain.path)) and \(Vectors.name(path))") }
                chain = (path, document)
            }
        }
        blocks.sort { ($0.number, $0.path) < ($1.number, $1.path) }
        if let chain {
            try replay(chain.document.root, file: Vectors.name(chain.path), directory, blocks.map(\.path), &report)
        } else if !blocks.isEmpty {
            throw Vectors.Failure("\(directory) holds blocks but no file with their genesis")
        }
        for below in try Vectors.directories(in: directory) { try run(directory: below, report: &report) }
    }

    private static func replay(_ chain: JSONElement, file: String, _ directory: String, _ blocks: [String], _ report: inout ConformanceReport) throws {
        let prefilled = try chain.required("prefilledPublicData").elements.map {
            PublicDataWrite(leafSlot: try $0.decode("slot"), value: try $0.decode("value"))
        }
        let state = GenesisState(prefilledPublicData: prefilled)
        let under = try ChainUnderTest(chain, genesis: state, path: directory)
        let store = under.store
        let classes = ClassCache()

        let genesis = try chain.required("genesis")
        if let roots = genesis["roots"] {
            try BlockCase.compareRoots(roots, try store.snapshot(at: 0), file: file, "genesis", &report)
        }
        var header = BlockHeader.zero
        header.state = try store.snapshot(at: 0).stateReference
        if let bytes = genesis["initialHeader"]?.string { report.check(file: file, case: "initial header", expected: bytes, got: header.serialized.hex) }
        if let hash = genesis["initialHeaderHash"]?.string {
            report.check(file: file, case: "initial header hash", expected: hash, got: header.hash().hex)
            report.check(file: file, case: "initial header hash in the archive", expected: hash, got: try state.compute().headerHash.hex)
        }
        if let count = chain["blocks"]?.int { report.check(file: file, case: "number of blocks", expected: count, got: blocks.count) }

        for path in blocks {
            let document = try Vectors.json(path)
            do {
                try BlockCase(document.root, file: Vectors.name(path)).run(under, classes: classes, &report)
            } catch {
                report.fail(file: Vectors.name(path), case: "running the block", expected: "no error", got: "\(error)")
                // The blocks after it build on this one.
                let left = blocks.drop { $0 != path }.dropFirst()
                for later in left { report.fail(file: Vectors.name(later), case: "running the block", expected: "the block before it", got: "none") }
                return
            }
        }
    }
}
