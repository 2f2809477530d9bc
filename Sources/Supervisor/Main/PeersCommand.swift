import Configuration
import Glibc
import JSON

/// `aztec peers`: the table that the p2p worker keeps in its directory.
enum PeersCommand {
    static func run(_ arguments: [String]) throws -> Int32 {
        let arguments = try NodeCommands.Arguments(arguments, values: ["data-directory"], flags: ["all", "json"])
        guard arguments.words.isEmpty else { throw CommandError("peers takes no «\(arguments.words[0])»") }
        let directory = try NodeCommands.directory(arguments)
        let path = DataDirectory.network(directory) + "/peers.json"
        guard DataFile.exists(path) else { throw CommandError("no table of peers in \(directory): the peer network is off (--p2p-enabled), or has not started yet") }
        let bytes = try DataFile.read(path)
        if arguments.flags.contains("json") {
            Output.line(String(decoding: bytes, as: UTF8.self))
            return 0
        }
        let entries = Array(try JSONDocument.parse(bytes).root.elements)
        let shown = arguments.flags.contains("all") ? entries : entries.filter { $0["state"]?.string == "connected" }
        Output.text(table(shown))
        Output.line("\(entries.count { $0["state"]?.string == "connected" }) connected, \(entries.count { $0["state"]?.string != "connected" }) known besides")
        return 0
    }

    private static func table(_ entries: [JSONElement]) -> String {
        var rows = [["peer", "state", "address", "dir", "for", "score", "gossip", "agent"]]
        for entry in entries {
            rows.append([
                entry["id"]?.string ?? "", (entry["state"]?.string ?? "") + (entry["protected"]?.bool == true ? " *" : ""), entry["address"]?.string ?? "",
                entry["direction"]?.string ?? "", duration(entry["seconds"]?.int ?? 0), number(entry["score"]?.double), number(entry["gossipScore"]?.double),
                String((entry["agent"]?.string ?? "").prefix(40).map { $0.isASCII && !$0.isNewline && $0 != "\u{1b}" ? $0 : "?" }),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }.joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func number(_ value: Double?) -> String {
        guard let value else { return "–" }
        return String((value * 10).rounded() / 10)
    }

    private static func duration(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }
}
