public import Bytes
public import Protocol
import PublicExecution

extension Reproducer {
    /// What a file holds.
    public struct Content: Sendable {
        public var reason: String
        public var baseBlock: UInt32
        /// Place of the transaction in the block, and how many were committed before it.
        public var index: Int
        public var position: Int
        public var globals: GlobalVariables
        /// Without proof.
        public var tx: Tx
        /// `CommitMessage` bodies.
        public var log: [[UInt8]]
    }

    /// No file is longer: a transaction, and the effects of a block's others.
    public static let maximumBytes = 256 << 20

    /// Reads a file's bytes back.
    public static func content(of bytes: [UInt8]) throws(DecodingError) -> Content {
        guard bytes.count <= maximumBytes else { throw DecodingError("reproducer: more than \(maximumBytes) bytes") }
        var lines: [String] = []
        var position = 0
        while lines.count < 16 {
            guard let end = bytes[position...].prefix(4096).firstIndex(of: 0x0a) else { throw DecodingError("reproducer: a line of the head does not end") }
            let line = String(decoding: bytes[position..<end], as: UTF8.self)
            position = end + 1
            if line.isEmpty { break }
            lines.append(line)
        }
        guard lines.first == "quetzal-reproducer 2" else { throw DecodingError("reproducer: not «quetzal-reproducer 2» but «\(lines.first?.prefix(40) ?? "")»") }
        func value(_ prefix: String) throws(DecodingError) -> Substring {
            guard let line = lines.first(where: { $0.hasPrefix(prefix + " ") }) else { throw DecodingError("reproducer: no line «\(prefix)»") }
            return line.dropFirst(prefix.count + 1)
        }
        let places = try value("index").split(separator: " ").compactMap { Int($0.filter { $0 != "," }) }
        guard places.count == 2, let base = UInt32(try value("base block")) else { throw DecodingError("reproducer: base block or index is no number") }
        var pieces: [ArraySlice<UInt8>] = []
        var reader = ByteReader(bytes[position...])
        while !reader.isAtEnd {
            guard pieces.count < 65_536 else { throw DecodingError("reproducer: too many pieces") }
            pieces.append(try reader.read(reader.readCount(maximum: maximumBytes, "length of a piece"), "piece"))
        }
        guard pieces.count >= 2 else { throw DecodingError("reproducer: \(pieces.count) pieces, where global variables and transaction belong") }
        return Content(
            reason: String(try value("reason")), baseBlock: base, index: places[0], position: places[1], globals: try GlobalVariables(exactly: Array(pieces[0])),
            tx: try Tx(wire: Array(pieces[1])), log: pieces[2...].map { Array($0) })
    }
}
