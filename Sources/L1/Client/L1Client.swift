import Bytes
import EventLoop
import Field
import JSON
import Protocol

/// What the node reads from L1. Calls made in the same turn of the loop travel in one HTTP request, so
/// `async let` a whole set of them.
@LoopActor public final class L1Client {
    public let rpc: L1RPCClient
    /// Blocks seen lately. A hash fixes its block, so asking for it again would tell nothing new.
    private var recent: [Bytes32: L1Block] = [:]
    private var recentOrder: [Bytes32] = []
    static let recentCapacity = 128

    public init(_ rpc: L1RPCClient) { self.rpc = rpc }

    public convenience init(hosts: [HTTPAddress], chainID: UInt64?, http: HTTPClient, loop: EventLoop) {
        self.init(L1RPCClient(.init(hosts: hosts, chainID: chainID), http: http, loop: loop))
    }

    public func chainID() async throws(L1Error) -> UInt64 {
        try await rpc.call(RPCCall("eth_chainId")) { json throws(JSONError) in try json.requireQuantity() }
    }

    /// The block, or nil where the chain (of the host asked) has none. `.latest` always has one.
    public func block(_ tag: L1BlockTag) async throws(L1Error) -> L1Block? {
        let block: L1Block? = try await rpc.call(RPCCall("eth_getBlockByNumber", weight: 32 << 10) {
            $0.value(tag.text)
            $0.value(false)
        }) { json throws(JSONError) in
            if json.isNull {
                switch tag {
                case .latest, .earliest: throw JSONError("the host says it has no such block", at: json)
                default: return nil
                }
            }
            let block = try L1Block(json: json)
            if case .number(let number) = tag, block.number != number { throw JSONError("block \(block.number) instead of \(number)", at: json) }
            return block
        }
        if let block { remember(block) }
        return block
    }

    private func remember(_ block: L1Block) {
        guard recent.updateValue(block, forKey: block.hash) == nil else { return }
        recentOrder.append(block.hash)
        if recentOrder.count > Self.recentCapacity { recent.removeValue(forKey: recentOrder.removeFirst()) }
    }

    public func latestBlock() async throws(L1Error) -> L1Block {
        guard let block = try await block(.latest) else { preconditionFailure("a latest block was promised") }
        return block
    }

    /// nil while no host knows it. One that was seen lately comes from memory, on the canonical chain or not.
    public func block(hash: Bytes32) async throws(L1Error) -> L1Block? {
        if let known = recent[hash] { return known }
        let block: L1Block? = try await rpc.call(RPCCall("eth_getBlockByHash", weight: 32 << 10) {
            $0.value(hash.hex)
            $0.value(false)
        }) { json throws(JSONError) in
            if json.isNull { return nil }
            let block = try L1Block(json: json)
            guard block.hash == hash else { throw JSONError("block \(block.hash) instead of \(hash)", at: json) }
            return block
        }
        if let block { remember(block) }
        return block
    }

    public func blockNumber() async throws(L1Error) -> UInt64 {
        try await rpc.call(RPCCall("eth_blockNumber")) { json throws(JSONError) in try json.requireQuantity() }
    }

    /// nil while the host does not know it.
    public func transaction(_ hash: Bytes32) async throws(L1Error) -> L1Transaction? {
        try await rpc.call(RPCCall("eth_getTransactionByHash", weight: 300 << 10) { $0.value(hash.hex) }) { json throws(JSONError) in
            if json.isNull { return nil }
            let transaction = try L1Transaction(json: json)
            guard transaction.hash == hash else { throw JSONError("transaction \(transaction.hash) instead of \(hash)", at: json) }
            return transaction
        }
    }

    /// The L2 block that `event` announces, read from its transaction and checked against the event. An answer that does
    /// not fit is taken for the host's fault and asked of the next; when no host's fits, the host that gave the event is
    /// distrusted as well. nil while no host knows the transaction.
    public func proposal(_ event: BlockProposedEvent, rollup: EthAddress) async throws(L1Error) -> ProposedBlock? {
        let hash = event.place.transactionHash
        do throws(L1Error) {
            return try await rpc.call(RPCCall("eth_getTransactionByHash", weight: 300 << 10) { $0.value(hash.hex) }) { json throws(JSONError) in
                if json.isNull { return nil }
                let transaction = try L1Transaction(json: json)
                guard transaction.hash == hash else { throw JSONError("transaction \(transaction.hash) instead of \(hash)", at: json) }
                do throws(L1Error) { return try ProposedBlock(event: event, transaction: transaction, rollup: rollup) } catch {
                    throw JSONError(error.message, at: json)
                }
            }
        } catch {
            if error.kind == .badAnswer { distrustLogs("L2 block \(event.blockNumber) cannot be read from the transaction of its event") }
            throw error
        }
    }

    /// Lets the host that answered `eth_getLogs` last rest: what it said contradicts something else. The next range is
    /// asked of another host, if there is one.
    public func distrustLogs(_ reason: String) { rpc.distrust(lastAnswerTo: "eth_getLogs", reason) }

    public func code(at address: EthAddress) async throws(L1Error) -> [UInt8] {
        try await rpc.call(RPCCall("eth_getCode", weight: 48 << 10) {
            $0.value(address.hex)
            $0.value("latest")
        }) { json throws(JSONError) in try json.requireHex(maximum: 1 << 20) }
    }

    /// Reads a contract; reverts throw `.reverted`.
    public func view<Output: Sendable>(_ call: ViewCall<Output>, at tag: L1BlockTag = .latest) async throws(L1Error) -> Output {
        let output: Output? = try await rpc.call(RPCCall("eth_call") {
            $0.beginObject()
            $0.key("to")
            $0.value(call.to.hex)
            $0.key("data")
            $0.hex(call.data)
            $0.endObject()
            $0.value(tag.text)
        }) { json throws(JSONError) in
            let data = try json.requireHex(maximum: 1 << 20)
            if data.isEmpty { return nil }  // no code at that address: the same on every host
            let values: [ABIValue]
            do throws(DecodingError) { values = try call.function.decodeResult(data) } catch {
                throw JSONError("\(call.function.signature): \(error)", at: json)
            }
            guard let output = call.read(values) else { throw JSONError("\(call.function.signature): a value is out of range", at: json) }
            return output
        }
        guard let output else {
            throw L1Error(.noContract, method: "eth_call", "\(call.function.signature) of \(call.to) returned nothing: there is no such contract on this chain")
        }
        return output
    }

    // MARK: Logs

    /// Logs of the addresses with one of the topics in first place, in order, over `blocks` (inclusive). A range that
    /// a host refuses is halved until it is taken.
    public func logs(_ addresses: [EthAddress], topics: [[UInt8]], in blocks: ClosedRange<UInt64>) async throws(L1Error) -> [L1Log] {
        do throws(L1Error) {
            return try await logsAtOnce(addresses, topics: topics, in: blocks)
        } catch where error.kind == .rangeTooLarge && blocks.count > 1 {
            let middle = blocks.lowerBound + UInt64(blocks.count / 2)
            let first = try await logs(addresses, topics: topics, in: blocks.lowerBound...(middle - 1))
            return first + (try await logs(addresses, topics: topics, in: middle...blocks.upperBound))
        }
    }

    private func logsAtOnce(_ addresses: [EthAddress], topics: [[UInt8]], in blocks: ClosedRange<UInt64>) async throws(L1Error) -> [L1Log] {
        try await rpc.call(RPCCall("eth_getLogs", weight: 256 << 10) {
            $0.beginObject()
            $0.key("address")
            $0.beginArray()
            for address in addresses { $0.value(address.hex) }
            $0.endArray()
            $0.key("topics")
            $0.beginArray()
            $0.beginArray()
            for topic in topics { $0.hex(topic) }
            $0.endArray()
            $0.endArray()
            $0.key("fromBlock")
            $0.value(L1BlockTag.number(blocks.lowerBound).text)
            $0.key("toBlock")
            $0.value(L1BlockTag.number(blocks.upperBound).text)
            $0.endObject()
        }) { json throws(JSONError) in
            guard json.isArray else { throw JSONError("a list of logs is expected", at: json) }
            var logs: [L1Log] = []
            for element in json.elements {
                let log = try L1Log(json: element)
                guard blocks.contains(log.place.blockNumber) else { throw JSONError("a log of block \(log.place.blockNumber), outside the range asked", at: element) }
                // Some hosts filter loosely: what was not asked for is left out.
                guard addresses.contains(log.address), let first = log.topics.first, topics.contains(first.bytes) else { continue }
                if let last = logs.last {
                    guard last.place.blockNumber <= log.place.blockNumber, last.place < log.place else { throw JSONError("logs are out of order", at: element) }
                }
                logs.append(log)
            }
            return logs
        }
    }
}
