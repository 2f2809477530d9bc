import Bytes
import JSON

/// Execution JSON-RPC over a `ReplayState`.
struct ReplayRPC {
    struct Failure: Error {
        var code: Int
        var message: String
        var data: [UInt8]?
    }

    /// The `result` text of one call.
    static func result(_ method: String, _ parameters: JSONElement?, _ state: inout ReplayState) throws(Failure) -> [UInt8] {
        let chain = state.chain
        func argument(_ position: Int) -> JSONElement? { parameters?[position] }
        func text(_ position: Int) -> String { argument(position)?.string ?? "" }
        switch method {
        case "eth_chainId": return quoted(hex(chain.facts.chainID))
        case "net_version": return quoted(String(chain.facts.chainID))
        case "web3_clientVersion": return quoted("quetzal-l1-replay/1")
        case "net_listening": return Array("true".utf8)
        case "eth_syncing": return Array("false".utf8)
        case "eth_blockNumber": return quoted(hex(state.head))
        case "eth_getBlockByNumber": return view(state.block(try tag(argument(0), state)), full: argument(1)?.bool ?? false, chain)
        case "eth_getBlockByHash": return view(state.block(hash: text(0)), full: argument(1)?.bool ?? false, chain)
        case "eth_getBlockReceipts":
            guard let block = state.block(try tag(argument(0), state)) else { return null }
            return array(block.transactions.map(\.receipt))
        case "eth_getTransactionByHash": return transaction(text(0), state)?.json ?? null
        case "eth_getTransactionReceipt": return transaction(text(0), state)?.receipt ?? null
        case "eth_getLogs": return array(try logs(argument(0), state))
        case "eth_call":
            let call = argument(0)
            let number = try tag(argument(1), state)
            guard number <= state.head else { throw Failure(code: -32000, message: "header not found") }
            return quoted(try self.call(to: call?["to"]?.string, data: call?["input"]?.string ?? call?["data"]?.string ?? "0x", at: number, &state))
        case "eth_gasPrice", "eth_maxPriorityFeePerGas": return quoted("0x3b9aca00")
        case "eth_blobBaseFee": return quoted("0x1")
        case "eth_getCode": return quoted("0x")
        case "eth_getBalance", "eth_getTransactionCount": return quoted("0x0")
        case "eth_sendRawTransaction", "eth_sendTransaction": throw Failure(code: -32601, message: "replay: the recorded chain is read only")
        default: throw Failure(code: -32601, message: "the method \(method) does not exist/is not available")
        }
    }

    static let null = Array("null".utf8)
    static func hex(_ number: Int) -> String { "0x" + String(number, radix: 16) }

    static func quoted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.appendQuoted(text, to: &bytes)
        return bytes
    }

    static func array(_ items: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = [0x5b]
        bytes.reserveCapacity(items.reduce(2) { $0 + $1.count + 1 })
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(0x2c) }
            bytes += item
        }
        bytes.append(0x5d)
        return bytes
    }

    static func tag(_ element: JSONElement?, _ state: ReplayState) throws(Failure) -> Int {
        var element = element
        if let object = element, object.isObject {
            if let hash = object["blockHash"]?.string {
                guard let block = state.block(hash: hash) else { throw Failure(code: -32000, message: "header for hash not found") }
                return block.number
            }
            element = object["blockNumber"]
        }
        let head = state.head
        switch element?.string {
        case nil where element?.int != nil: return element?.int ?? head
        case nil, "latest", "pending": return head
        case "safe": return max(0, head - state.safeLag)
        case "finalized": return max(0, head - state.finalizedLag)
        case "earliest": return state.chain.first
        case let text?:
            guard text.hasPrefix("0x"), let number = Int(text.dropFirst(2), radix: 16) else { throw Failure(code: -32602, message: "invalid block tag \(text)") }
            return number
        }
    }

    static func view(_ block: RecordedChain.Block?, full: Bool, _ chain: RecordedChain) -> [UInt8] {
        guard let block else { return null }
        var bytes: [UInt8] = [0x7b]
        bytes += block.members
        bytes += Array(",\"parentBeaconBlockRoot\":".utf8)
        bytes += quoted(chain.block(block.number - 1).map { ReplayBeacon.root(of: $0) } ?? block.beaconRoot)
        bytes += Array(",\"transactions\":".utf8)
        bytes += array(block.transactions.map { full ? $0.json : quoted($0.hash) })
        bytes.append(0x7d)
        return bytes
    }

    private static func transaction(_ hash: String, _ state: ReplayState) -> RecordedChain.Transaction? {
        guard let place = state.chain.transactions[hash.lowercased()], let recorded = state.chain.block(place.block),
            state.block(place.block)?.hash == recorded.hash
        else { return nil }
        return recorded.transactions[place.index]
    }

    private static func logs(_ filter: JSONElement?, _ state: ReplayState) throws(Failure) -> [[UInt8]] {
        var range: ClosedRange<Int>
        if let hash = filter?["blockHash"]?.string {
            guard let block = state.block(hash: hash) else { throw Failure(code: -32000, message: "unknown block") }
            range = block.number...block.number
        } else {
            let from = try tag(filter?["fromBlock"], state)
            let to = try tag(filter?["toBlock"], state)
            guard from <= to else { throw Failure(code: -32602, message: "invalid block range params") }
            guard from <= state.head, to >= state.chain.first else { return [] }
            range = max(from, state.chain.first)...min(to, state.head)
        }
        func lowered(_ element: JSONElement?) -> Set<String>? {
            guard let element, !element.isNull else { return nil }
            let values = element.string.map { [$0.lowercased()] } ?? element.elements.map { $0.string?.lowercased() ?? "" }
            return values.isEmpty ? nil : Set(values)
        }
        let addresses = lowered(filter?["address"])
        let wanted = filter?["topics"]?.elements.map { lowered($0) } ?? []
        var found: [[UInt8]] = []
        for number in range {
            guard let block = state.block(number) else { continue }
            for log in block.logs {
                if let addresses, !addresses.contains(log.address) { continue }
                if wanted.count > log.topics.count { continue }
                if zip(wanted, log.topics).contains(where: { $0 != nil && $0?.contains($1) == false }) { continue }
                found.append(log.json)
            }
        }
        return found
    }

    // MARK: Calls

    private static let multicall3 = "0xca11bde05977b3631167028862be2a173976ca11"

    private static func call(to: String?, data: String, at number: Int, depth: Int = 0, _ state: inout ReplayState) throws(Failure) -> String {
        guard let to else { throw Failure(code: -32000, message: "contract creation is not recorded") }
        if to.lowercased() == multicall3, depth == 0, let bytes = Hex.decode(data), bytes.count >= 4 {
            switch Hex.encode(bytes.prefix(4)) {
            case "82ad56cb": return try multicall(.aggregate3, Array(bytes.dropFirst(4)), at: number, &state)
            case "bce38bd7": return try multicall(.tryAggregate, Array(bytes.dropFirst(4)), at: number, &state)
            case "252dba42": return try multicall(.aggregate, Array(bytes.dropFirst(4)), at: number, &state)
            default: break
            }
        }
        guard let answer = state.chain.calls.answer(to: to, data: data, at: state.stateBlock(number)) else {
            state.unrecorded[to.lowercased() + ":" + data.lowercased().prefix(10), default: 0] += 1
            throw Failure(code: -32000, message: "replay: no recorded result for this call at or before this block")
        }
        if let error = answer.error, let json = try? JSONDocument.parse(error).root {
            throw Failure(
                code: json["code"]?.int ?? 3, message: json["message"]?.string ?? "execution reverted",
                data: json["data"].map(RecordedChain.text))
        }
        return answer.result ?? "0x"
    }

    private enum Multicall { case aggregate, tryAggregate, aggregate3 }

    private static func multicall(_ form: Multicall, _ input: [UInt8], at number: Int, _ state: inout ReplayState) throws(Failure) -> String {
        let malformed = Failure(code: -32602, message: "malformed Multicall3 input")
        func word(_ offset: Int) throws(Failure) -> Int {
            guard offset >= 0, offset + 32 <= input.count, input[offset..<(offset + 26)].allSatisfy({ $0 == 0 }) else { throw malformed }
            return input[(offset + 26)..<(offset + 32)].reduce(0) { $0 << 8 | Int($1) }
        }
        func encoded(_ value: Int) -> [UInt8] {
            [UInt8](repeating: 0, count: 24) + (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32) }
        let base = try word(form == .tryAggregate ? 32 : 0)
        let count = try word(base)
        guard count <= 4096 else { throw malformed }
        var items: [[UInt8]] = []
        for index in 0..<count {
            let tuple = base + 32 + (try word(base + 32 + 32 * index))
            _ = try word(tuple + 32)
            let target = Hex.encodePrefixed(input[(tuple + 12)..<(tuple + 32)])
            let at = tuple + (try word(tuple + (form == .aggregate3 ? 64 : 32)))
            let length = try word(at)
            guard length <= input.count - at - 32 else { throw malformed }
            let data = Hex.encodePrefixed(input[(at + 32)..<(at + 32 + length)])
            var mayFail = false
            switch form {
            case .aggregate: break
            case .aggregate3: mayFail = try word(tuple + 32) != 0
            case .tryAggregate: mayFail = try word(0) == 0
            }
            var ok = true
            var output: [UInt8]
            do {
                output = Hex.decode(try call(to: target, data: data, at: number, depth: 1, &state)) ?? []
            } catch {
                guard mayFail, !error.message.hasPrefix("replay:") else { throw error }
                ok = false
                output = error.data.flatMap { try? JSONDocument.parse($0).root.string }.flatMap { Hex.decode($0) } ?? []
            }
            items.append((form == .aggregate ? [] : encoded(ok ? 1 : 0) + encoded(64)) + encoded(output.count) + padded(output))
        }
        var offset = 32 * items.count
        var offsets: [UInt8] = []
        for item in items {
            offsets += encoded(offset)
            offset += item.count
        }
        let list = encoded(items.count) + offsets + items.flatMap { $0 }
        return Hex.encodePrefixed(form == .aggregate ? encoded(number) + encoded(64) + list : encoded(32) + list)
    }
}
