import Bytes
import ConformanceKit
import Field
import JSON
import Protocol

/// Every block as the node serves it against the recorded one.
struct BlockComparison {
    let recording: Recording
    let file: String

    func run(_ node: NodeUnderTest, _ report: inout ConformanceReport) throws {
        for document in recording.blocks { try compare(document.root, node, &report) }
        for beyond in recording.beyond { try compare(beyond, node, &report) }
    }

    private func published(_ number: Int, _ node: NodeUnderTest, _ report: inout ConformanceReport) throws -> JSONDocument? {
        let answer = try node.call("node_getPublishedBlocks", "[\(number),1]")
        guard answer.root["result"]?[0] != nil else {
            report.fail(file: file, case: "block \(number)", expected: "the block", got: answer.root.text)
            return nil
        }
        return answer
    }

    private func compare(_ expected: JSONElement, _ node: NodeUnderTest, _ report: inout ConformanceReport) throws {
        let number = try expected.required("number").requireInt()
        guard let answer = try published(number, node, &report), let own = answer.root["result"]?[0] else { return }
        func check(_ name: String, _ key: String, _ got: @autoclosure () -> String) {
            guard let wanted = expected[key] else { return }
            report.check(file: file, case: "block \(number), \(name)", expected: wanted.string ?? wanted.text, got: got())
        }
        check("as published", "published", own.text)
        let block = try PublishedL2Block(json: own).block
        let (header, state) = (block.header, block.header.state)
        check("bytes", "hex", block.serialized.hex)
        check("header bytes", "headerHex", header.serialized.hex)
        check("hash", "blockHash", block.hash().hex)
        check("proposed header hash", "proposedHeaderHash", header.proposed?.hash().hex ?? "none")
        check("archive root", "archiveRoot", block.archive.root.hex)
        check("archive size", "archiveNextIndex", "\(block.archive.nextAvailableLeafIndex)")
        check("archive root before", "lastArchiveRoot", header.lastArchive.root.hex)
        check("L1 to L2 message root", "l1ToL2MessageTree", state.l1ToL2MessageTree.root.hex)
        check("note hash root", "noteHashTree", state.partial.noteHashTree.root.hex)
        check("nullifier root", "nullifierTree", state.partial.nullifierTree.root.hex)
        check("public data root", "publicDataTree", state.partial.publicDataTree.root.hex)
        if let txs = expected["txs"] {
            report.check(
                file: file, case: "block \(number), transactions", expected: txs.elements.map { $0.string ?? $0["hash"]?.string ?? "" },
                got: block.body.txEffects.map(\.txHash.hex))
        }
    }

    private func compare(_ beyond: Recording.Beyond, _ node: NodeUnderTest, _ report: inout ConformanceReport) throws {
        let (number, expected) = (beyond.number, beyond.document.root)
        guard let answer = try published(number, node, &report), let own = answer.root["result"]?[0] else { return }
        let published = try PublishedL2Block(json: own)
        let block = published.block
        func check(_ name: String, _ wanted: String?, _ got: String) {
            guard let wanted else { return }
            report.check(file: file, case: "block \(number), \(name)", expected: wanted, got: got)
        }
        check("archive root", expected["archive"]?.string, block.archive.root.hex)
        check("body", expected["bodyHex"]?.string, block.body.serialized.hex)
        check("L1 block", "\(beyond.l1Block)", "\(published.l1.blockNumber)")
        check("L1 block hash", expected["l1BlockHash"]?.string, published.l1.blockHash)
        if let count = expected["fieldsInBlobs"]?.int { check("fields in blobs", "\(count)", "\(block.body.blobFieldCount)") }
        if let txs = expected["txs"] {
            check("transactions", txs.elements.map { $0.string ?? "" }.joined(separator: " "), block.body.txEffects.map(\.txHash.hex).joined(separator: " "))
        }
        // A proposal on the wire holds the header as proposed to L1.
        for proposal in expected["proposal"]?.elements.map({ $0 }) ?? [] {
            check("proposed header", proposal["headerHex"]?.string, block.header.proposed?.serialized.hex ?? "none")
        }
    }
}
