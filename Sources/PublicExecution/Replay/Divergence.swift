import Bytes
import Field
public import Protocol

/// The first thing that came out otherwise than a block says.
public struct Divergence: Hashable, Sendable {
    /// Position in the block; nil for the block itself.
    public var tx: Int?
    public var hash: TxHash?
    public var field: String
    public var expected: String
    public var got: String

    public init(tx: Int? = nil, hash: TxHash? = nil, field: String, expected: String, got: String) {
        self.tx = tx
        self.hash = hash
        self.field = field
        self.expected = expected
        self.got = got
    }
}

extension Divergence {
    /// Collects comparisons until one fails.
    struct Search {
        var tx: Int?
        var hash: TxHash?
        private(set) var found: Divergence?

        init(tx: Int? = nil, hash: TxHash? = nil) {
            self.tx = tx
            self.hash = hash
        }

        mutating func compare<T: Equatable>(_ field: @autoclosure () -> String, _ expected: T, _ got: T, text: (T) -> String) {
            guard found == nil, expected != got else { return }
            found = Divergence(tx: tx, hash: hash, field: field(), expected: text(expected), got: text(got))
        }

        mutating func compare(_ field: @autoclosure () -> String, _ expected: Fr, _ got: Fr) { compare(field(), expected, got, text: \.hex) }

        /// Items one by one, then their number.
        mutating func compare<T: Equatable>(_ field: String, _ expected: [T], _ got: [T], text: (T) -> String) {
            for (index, (expected, got)) in zip(expected, got).enumerated() { compare("\(field)[\(index)]", expected, got, text: text) }
            compare("number of \(field)", expected.count, got.count) { "\($0)" }
        }
    }

    /// The first difference of two effects of one transaction.
    public static func between(_ expected: TxEffect, _ got: TxEffect, tx: Int) -> Divergence? {
        var search = Search(tx: tx, hash: expected.txHash)
        search.compare("txHash", expected.txHash, got.txHash, text: \.hex)
        search.compare("revertCode", expected.revertCode, got.revertCode) { "\($0.rawValue)" }
        search.compare("transactionFee", expected.transactionFee, got.transactionFee)
        search.compare("noteHashes", expected.noteHashes, got.noteHashes, text: \.hex)
        search.compare("nullifiers", expected.nullifiers, got.nullifiers, text: \.hex)
        search.compare("l2ToL1Msgs", expected.l2ToL1Msgs, got.l2ToL1Msgs, text: \.hex)
        search.compare("publicDataWrites", expected.publicDataWrites, got.publicDataWrites) { "\($0.leafSlot.hex) = \($0.value.hex)" }
        search.compare("privateLogs", expected.privateLogs, got.privateLogs, text: Self.shortened)
        search.compare("publicLogs", expected.publicLogs, got.publicLogs, text: Self.shortened)
        search.compare("contractClassLogs", expected.contractClassLogs, got.contractClassLogs, text: Self.shortened)
        return search.found
    }

    /// The first difference of two blocks of equal effects.
    public static func between(_ expected: L2Block, _ got: L2Block) -> Divergence? {
        var search = Search()
        let (wanted, header) = (expected.header, got.header)
        func tree(_ tree: AppendOnlyTreeSnapshot) -> String { "\(tree.root.hex) of \(tree.nextAvailableLeafIndex) leaves" }
        search.compare("lastArchive", wanted.lastArchive, header.lastArchive, text: tree)
        search.compare("numTxs", wanted.contentCommitment.numTxs, header.contentCommitment.numTxs)
        search.compare("blobsHash", wanted.contentCommitment.blobsHash, header.contentCommitment.blobsHash)
        search.compare("inHash", wanted.contentCommitment.inHash, header.contentCommitment.inHash)
        search.compare("outHash", wanted.contentCommitment.outHash, header.contentCommitment.outHash)
        search.compare("l1ToL2MessageTree", wanted.state.l1ToL2MessageTree, header.state.l1ToL2MessageTree, text: tree)
        search.compare("noteHashTree", wanted.state.partial.noteHashTree, header.state.partial.noteHashTree, text: tree)
        search.compare("nullifierTree", wanted.state.partial.nullifierTree, header.state.partial.nullifierTree, text: tree)
        search.compare("publicDataTree", wanted.state.partial.publicDataTree, header.state.partial.publicDataTree, text: tree)
        search.compare("globalVariables", wanted.globalVariables, header.globalVariables, text: Self.shortened)
        search.compare("totalFees", wanted.totalFees, header.totalFees)
        search.compare("totalManaUsed", wanted.totalManaUsed, header.totalManaUsed)
        search.compare("archive", expected.archive, got.archive, text: tree)
        search.compare("bytes", expected, got, text: Self.shortened)
        return search.found
    }

    private static func shortened(_ value: some BinaryCodable) -> String {
        let bytes = value.serialized
        return bytes.count <= 96 ? bytes.hex : "\(bytes.prefix(64).hex)… (\(bytes.count) bytes)"
    }
}
