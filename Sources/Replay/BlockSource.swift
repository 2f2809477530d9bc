import Archive
import Bytes
import Field
import JSON
import Protocol

/// A block to compare with.
struct GivenBlock {
    var block: L2Block
    /// Unpadded; nil: as the archive has them.
    var messages: [Fr]?
}

/// Blocks in a file, one a line: `hex`, and `l1ToL2Messages` if need be. By number.
struct BlockFile {
    private(set) var blocks: [UInt32: GivenBlock] = [:]

    init(_ path: String) throws(ReplayError) {
        let file = try LineFile(path)
        for index in file.lines.indices {
            let document = try file.object(index)
            guard let bytes = document.root["hex"]?.string.flatMap({ Hex.decode($0) }) else { throw file.failure(index, "no hex string under «hex»") }
            do {
                let block = try L2Block(exactly: bytes)
                guard let number = block.number, number > 0 else { throw file.failure(index, "the block has no number") }
                let messages: [Fr]? = try document.root["l1ToL2Messages"].map {
                    try $0.decodeArray(maximum: ProtocolConstants.numberOfL1L2MessagesPerRollup)
                }
                blocks[number] = GivenBlock(block: block, messages: messages)
            } catch let error as ReplayError {
                throw error
            } catch {
                throw file.failure(index, "\(error)")
            }
        }
    }
}
