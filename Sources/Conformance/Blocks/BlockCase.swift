import Blobs
import Bytes
import ConformanceKit
import Field
import Hashing
import JSON
import Protocol
import PublicExecution
import WorldState

/// One recorded block.
struct BlockCase {
    let root: JSONElement
    let file: String

    init(_ root: JSONElement, file: String) {
        self.root = root
        self.file = file
    }

    private static let setup = Result { try KZG() }

    func run(_ chain: ChainUnderTest, classes: ClassCache, _ report: inout ConformanceReport) throws {
        let hex = try root.required("blockHex").requireString()
        guard let bytes = Hex.decode(hex) else { throw Vectors.Failure("blockHex is no hex string") }
        let block = try L2Block(exactly: bytes)
        check("block bytes", hex, block.serialized.hex, &report)
        try checkForms(block, &report)
        try checkProcessed(block, &report)
        try checkBlobs(block, &report)
        let messages: [Fr] = try root.required("l1ToL2Messages").decodeArray(maximum: ProtocolConstants.numberOfL1L2MessagesPerRollup)
        if root["txs"] != nil {
            do {
                try BlockExecution(root: root, file: file, chain: chain, classes: classes).run(block, messages: messages, kzg: Self.setup.get(), &report)
            } catch {
                report.fail(file: file, case: "executing the block", expected: "no error", got: "\(error)")
            }
        }
        try apply(block, messages, to: chain, &report)
    }

    private func check(_ name: String, _ expected: String, _ got: String, _ report: inout ConformanceReport) {
        report.check(file: file, case: name, expected: expected, got: got)
    }

    private func checkIfRecorded(_ name: String, _ got: @autoclosure () -> String, _ report: inout ConformanceReport) {
        if let expected = root[name]?.string { check(name, expected, got(), &report) }
    }

    // MARK: Header and JSON

    private func checkForms(_ block: L2Block, _ report: inout ConformanceReport) throws {
        let header = block.header
        report.check(file: file, case: "number", expected: try root.required("number").requireUInt64(), got: UInt64(block.number ?? 0))
        checkIfRecorded("blockHash", block.hash().hex, &report)
        checkIfRecorded("headerHash", header.hash().hex, &report)
        checkIfRecorded("proposedHeaderHex", header.proposed?.serialized.hex ?? "a header that cannot be proposed", &report)
        checkIfRecorded("blobsHash", header.contentCommitment.blobsHash.hex, &report)
        if let recorded = root["header"] {
            if let bytes = recorded["bufferHex"]?.string { check("header bytes", bytes, header.serialized.hex, &report) }
            if let fields = recorded["fields"] {
                check("header fields", fields.elements.map { $0.string ?? "" }.joined(separator: " "), header.toFields().map(\.hex).joined(separator: " "), &report)
            }
            if let fees = recorded["totalFees"]?.string { check("total fees", fees, header.totalFees.hex, &report) }
            if let mana = recorded["totalManaUsed"]?.string { check("total mana", mana, header.totalManaUsed.hex, &report) }
            if let content = recorded["contentCommitment"] {
                let own = header.contentCommitment
                for (name, value) in [("numTxs", own.numTxs), ("blobsHash", own.blobsHash), ("inHash", own.inHash), ("outHash", own.outHash)] {
                    if let expected = content[name]?.string { check("content commitment, \(name)", expected, value.hex, &report) }
                }
            }
        }
        if let globals = root["globals"]?["bufferHex"]?.string { check("global variables", globals, header.globalVariables.serialized.hex, &report) }
        if let reading = root["block"] {
            let own = try JSONDocument.parse(block.jsonBytes)
            if let difference = ReadingForm.difference(reading, own.root) {
                report.fail(file: file, case: "block as JSON", expected: difference.expected, got: "\(difference.got) at \(difference.path)")
            } else {
                report.pass()
            }
            let again = try L2Block(json: own.root)
            check("block from its JSON", block.serialized.hex, again.serialized.hex, &report)
        }
    }

    // MARK: Effects

    /// The effects of the processed transactions stand in the block in their order.
    private func checkProcessed(_ block: L2Block, _ report: inout ConformanceReport) throws {
        let processed = root["processed"]?.elements.map { $0 } ?? []
        if root["processed"] != nil { report.check(file: file, case: "transactions in the block", expected: processed.count, got: block.body.txEffects.count) }
        for (index, (tx, effect)) in zip(processed, block.body.txEffects).enumerated() {
            let name = "transaction \(index)"
            if let hash = tx["hash"]?.string { check("\(name), hash", hash, effect.txHash.hex, &report) }
            if let fee = tx["transactionFee"]?.string { check("\(name), fee", fee, effect.transactionFee.hex, &report) }
            if let code = tx["revertCode"]?.int { check("\(name), revert code", "\(code)", "\(effect.revertCode.rawValue)", &report) }
            if let hex = tx["txEffectHex"]?.string {
                check("\(name), effect", hex, effect.serialized.hex, &report)
                if let bytes = Hex.decode(hex) { check("\(name), effect decoded", hex, try TxEffect(exactly: bytes).serialized.hex, &report) }
            }
        }
        if let txs = root["txs"] {
            for (index, tx) in txs.elements.enumerated() {
                guard let bytes = tx["tx"]?.string.flatMap({ Hex.decode($0) }) else { continue }
                let decoded = try Tx(exactly: bytes)
                check("offered transaction \(index)", bytes.hex, decoded.serialized.hex, &report)
            }
        }
    }

    // MARK: Blobs

    private func checkBlobs(_ block: L2Block, _ report: inout ConformanceReport) throws {
        guard let fields = block.body.blobFields() else {
            report.fail(file: file, case: "blob fields", expected: "as many as the blobs hold", got: "\(block.body.blobFieldCount)")
            return
        }
        if let count = root["blobFieldsCount"]?.int { report.check(file: file, case: "number of blob fields", expected: count, got: fields.count) }
        if let hex = root["blobFieldsHex"]?.string {
            check("blob fields", hex.hasPrefix("0x") ? hex : "0x" + hex, fields.flatMap(\.bytes).hex, &report)
        }
        if let recorded = root["blobs"] {
            let blobs = try OpenedBlob.blobs(of: fields, kzg: Self.setup.get())
            report.check(file: file, case: "number of blobs", expected: recorded.count, got: blobs.count)
            for (index, (expected, blob)) in zip(recorded.elements, blobs).enumerated() {
                let values: [(String, [UInt8])] = [
                    ("commitment", blob.commitment.bytes), ("versionedHash", blob.commitment.versionedHash), ("fieldsHash", blob.fieldsHash.bytes),
                    ("challengeZ", blob.z.bytes), ("evaluationY", blob.y.bytes), ("proof", blob.proof.bytes), ("dataSha256", SHA256.hash(blob.blob.bytes)),
                ]
                for (name, bytes) in values {
                    guard let text = expected[name]?.string else { continue }
                    check("blob \(index), \(name)", text.hasPrefix("0x") ? text : "0x" + text, bytes.hex, &report)
                }
                report.check(file: file, case: "blob \(index), proof verifies", expected: true, got: try blob.verify(Self.setup.get()))
            }
            check("blobs hash", block.header.contentCommitment.blobsHash.hex, blobs.blobsHash.hex, &report)
            let body = try Body(blobs: blobs.flatMap(\.blob.bytes)[...])
            check("body read from the blobs", block.body.serialized.hex, body.serialized.hex, &report)
        }
    }

    // MARK: World state

    static func compareRoots(_ expected: JSONElement, _ got: WorldStateSnapshot, file: String, _ name: String, _ report: inout ConformanceReport) throws {
        let trees: [(String, TreeID)] = [
            ("l1ToL2MessageTree", .l1ToL2Message), ("noteHashTree", .noteHash), ("nullifierTree", .nullifier), ("publicDataTree", .publicData), ("archive", .archive),
        ]
        for (key, tree) in trees {
            let wanted = try expected.required(key)
            report.check(
                file: file, case: "\(name): \(key)",
                expected: "\(try wanted.required("root").requireString()) of \(try wanted.required("size").requireUInt64()) leaves",
                got: "\(got[tree].root.hex) of \(got[tree].size) leaves")
        }
    }

    private func apply(_ block: L2Block, _ messages: [Fr], to chain: ChainUnderTest, _ report: inout ConformanceReport) throws {
        check("in hash", block.header.contentCommitment.inHash.hex, MerkleRoots.inHash(messages).hex, &report)
        let before = try chain.store.snapshot(at: chain.store.status.latest)
        if let roots = root["rootsBefore"] { try Self.compareRoots(roots, before, file: file, "before", &report) }
        checkIfRecorded("archiveRootBefore", before[.archive].root.hex, &report)
        check("archive of the header", block.header.lastArchive.root.hex, before[.archive].root.hex, &report)
        let after = try chain.apply(block, messages: messages)
        if let roots = root["rootsAfter"] { try Self.compareRoots(roots, after, file: file, "after", &report) }
        checkIfRecorded("archiveRootAfter", after[.archive].root.hex, &report)
        check("archive of the block", block.archive.root.hex, after[.archive].root.hex, &report)
        check("state of the header", block.header.state.serialized.hex, after.stateReference.serialized.hex, &report)
    }
}
