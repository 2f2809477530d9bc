import Bytes
import JSON
import Protocol

/// Where the transactions of blocks come from: blocks hold their effects only.
protocol TransactionSource {
    /// nil when the source does not have it. The caller makes sure that what it gets has that hash.
    func transaction(_ hash: TxHash) throws(ReplayError) -> Tx?
}

/// Transactions in a file, one a line: `tx` in hex, `hash` where it is known.
final class TransactionFile: TransactionSource {
    private let file: LineFile
    private var lines: [TxHash: Int] = [:]

    init(_ path: String) throws(ReplayError) {
        file = try LineFile(path)
        for index in file.lines.indices {
            let document = try file.object(index)
            let hash: TxHash
            if let stated = document.root["hash"] {
                do { hash = try TxHash(json: stated) } catch { throw file.failure(index, "\(error)") }
            } else {
                hash = try transaction(in: document, index).hash()
            }
            // The same transaction may have been offered twice; a line that was cut or changed comes last.
            if lines[hash] == nil { lines[hash] = index }
        }
    }

    func transaction(_ hash: TxHash) throws(ReplayError) -> Tx? {
        guard let index = lines[hash] else { return nil }
        return try transaction(in: file.object(index), index)
    }

    private func transaction(in document: JSONDocument, _ index: Int) throws(ReplayError) -> Tx {
        guard let bytes = document.root["tx"]?.string.flatMap({ Hex.decode($0) }) else { throw file.failure(index, "no hex string under «tx»") }
        do { return try Tx(exactly: bytes) } catch { throw file.failure(index, "«tx»: \(error)") }
    }
}
