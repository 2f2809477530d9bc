import L1Replay

/// Faults and reorgs of the L1 that the node follows, as commands for the replay server (shared/tools/l1-replay.md).
struct Weather {
    private(set) var reorgs = 0
    private(set) var faults = 0
    private(set) var deepest = 0

    /// A random list of faults.
    static func fault(_ dice: inout Dice) -> String {
        let methods = ["eth_getBlockByNumber", "eth_getBlockByHash", "eth_getLogs", "eth_getTransactionByHash", "eth_call", "GET /eth/v1/beacon/blob_sidecars"]
        var match = dice.happens(25) ? "*" : dice.pick(methods)
        let count = dice.roll(1...6)
        let kind: String
        switch dice.roll(1...11) {
        case 1: kind = "\"status\",\"status\":\(dice.pick([500, 502, 503, 404, 403]))"
        case 2: kind = "\"status\",\"status\":429,\"retry_after\":1,\"message\":\"too many requests\""
        case 3: kind = "\"delay\",\"seconds\":0.\(dice.roll(1...9))"
        case 4: kind = "\"hang\""
        case 5: kind = "\"reset\""
        case 6: kind = "\"truncate\",\"keep\":0.\(dice.roll(0...9))"
        case 7: kind = "\"truncate\",\"keep\":0.\(dice.roll(1...9)),\"consistent_length\":true"
        case 8: kind = "\"garbage\""
        case 9: kind = "\"rpc-error\",\"code\":-32005,\"message\":\"limit exceeded\""
        case 10: kind = "\"null\""
        default:
            // A host that lies about the rollup's constants while a node starts is taken for another network's.
            if match == "*" || match == "eth_call" { match = dice.pick(["eth_getLogs", "eth_getTransactionByHash", "GET /eth/v1/beacon/blob_sidecars"]) }
            kind = "\"wrong-data\""
        }
        return "{\"match\":\"\(match)\",\"kind\":\(kind),\"count\":\(count),\"skip\":\(dice.roll(0...3))}"
    }

    mutating func change(_ server: ReplayServer, _ dice: inout Dice) throws {
        switch dice.roll(1...10) {
        case 1...5:
            let list = (0..<dice.roll(1...3)).map { _ in Self.fault(&dice) }
            faults += list.count
            try server.control("{\"faults\":[\(list.joined(separator: ","))]}")
        case 6...7: try server.control("{\"faults\":[]}")
        default: break
        }
    }

    mutating func reorg(_ server: ReplayServer, deepest limit: Int, _ dice: inout Dice) throws {
        let depth = dice.roll(1...max(1, limit))
        reorgs += 1
        deepest = max(deepest, depth)
        try server.control("{\"reorg\":{\"depth\":\(depth),\"length\":\(max(1, depth + dice.roll(-3...4)))}}")
    }
}
