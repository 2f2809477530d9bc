/// Flags of `aztec replay`.
struct ReplayOptions: Equatable {
    static let help = """
        usage: aztec replay [flags]

          --from B, --to B        numbers of the first and the last block; all whose state before is there otherwise
          --data-directory PATH   the node's directory (DATA_DIRECTORY); the node may be running
          --transactions FILE     transactions, one JSON object with a member `tx` (hex) a line; .gz or not. May be repeated
          --blocks FILE           blocks to compare with instead of the stored ones, one JSON object with a member `hex` a
                                  line, and `l1ToL2Messages` where they are not those of the data directory
          --executors N           execute in N processes at once, as a node that builds or checks a block does
          --no-validators         execute without the validators that come before it
          --setup-allow-list L    calls allowed in set-up (TX_PUBLIC_SETUP_ALLOWLIST), if not those of the network

        Every block's transactions are executed on the stored state before it, a block is made of them, and both are
        compared with the block. Exit code 0: all equal; 1: something differs; 2: something could not be executed.

        """

    var from: UInt32?
    var to: UInt32?
    var dataDirectory = ""
    var transactions: [String] = []
    var blocks: String?
    var validates = true
    /// nil: the version's own.
    var setupAllowList: String?
    /// nil: in this process.
    var executors: Int?

    /// nil when help was asked for.
    init?(_ arguments: [String], environment: (String) -> String?) throws(ReplayError) {
        dataDirectory = environment("DATA_DIRECTORY") ?? ""
        setupAllowList = environment("TX_PUBLIC_SETUP_ALLOWLIST").flatMap { $0.isEmpty ? nil : $0 }
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            func value() throws(ReplayError) -> String {
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else { throw ReplayError("\(parts[0]) needs a value") }
                return value
            }
            switch parts[0] {
            case "--help" where parts.count == 1, "-h" where parts.count == 1: return nil
            case "--no-validators" where parts.count == 1: validates = false
            case "--setup-allow-list": setupAllowList = try value()
            case "--from": from = try Self.block(try value(), "--from")
            case "--to": to = try Self.block(try value(), "--to")
            case "--executors":
                guard let count = Int(try value()), (1...256).contains(count) else { throw ReplayError("--executors: a number from 1 to 256") }
                executors = count
            case "--data-directory": dataDirectory = try value()
            case "--transactions": transactions.append(try value())
            case "--blocks": blocks = try value()
            default: throw ReplayError("unknown option «\(argument)»; `aztec replay --help` lists all")
            }
        }
        guard !dataDirectory.isEmpty else { throw ReplayError("which node's data? --data-directory PATH (DATA_DIRECTORY)") }
        guard !transactions.isEmpty else { throw ReplayError("where are the transactions? --transactions FILE") }
        if let from, let to, from > to { throw ReplayError("--from \(from) is after --to \(to)") }
    }

    private static func block(_ text: String, _ flag: String) throws(ReplayError) -> UInt32 {
        guard let number = UInt32(text), number > 0 else { throw ReplayError("\(flag): «\(text)» is no block number from 1 up") }
        return number
    }
}
