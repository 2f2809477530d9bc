import Field
import JSON
import Protocol

extension NodeAPI {
    static let logMethods: [Method] = [
        Method(name: "getPrivateLogs", parameters: 2) { api, parameters, writer throws(RPCFailure) in
            let from = parameters.number(0)
            let limit = parameters.number(1)
            try parameters.finish()
            let latest = try api.chain.latestNumber()
            var number = max(1, Int(clampingDown: from.rounded(.up)))
            var left = Int(clampingDown: limit)
            writer.beginArray()
            while left > 0, number <= latest, let block = try api.chain.block(number) {
                for effect in block.body.txEffects { for log in effect.privateLogs { writer.value(log) } }
                number += 1
                left -= 1
                guard writer.bytes.count <= maximumAnswerBytes else { throw .failed("The answer is larger than \(maximumAnswerBytes >> 20) MB: ask for fewer blocks at once") }
            }
            writer.endArray()
            return true
        },
        Method(name: "getPublicLogs", parameters: 1, caching: .untilHead) { api, parameters, writer throws(RPCFailure) in
            let filter = parameters.logFilter(0)
            try parameters.finish()
            let page = try api.page(filter, logs: \.publicLogs, contract: \.contractAddress)
            writer.value(GetPublicLogsResponse(logs: page.logs.map { ExtendedPublicLog(id: $0.id, log: $0.log) }, maxLogsHit: page.maxLogsHit))
            return true
        },
        Method(name: "getContractClassLogs", parameters: 1, caching: .untilHead) { api, parameters, writer throws(RPCFailure) in
            let filter = parameters.logFilter(0)
            try parameters.finish()
            let page = try api.page(filter, logs: \.contractClassLogs, contract: \.contractAddress)
            writer.value(GetContractClassLogsResponse(logs: page.logs.map { ExtendedContractClassLog(id: $0.id, log: $0.log) }, maxLogsHit: page.maxLogsHit))
            return true
        },
        Method(name: "getLogsByTags", parameters: 1, caching: .untilHead) { api, parameters, writer throws(RPCFailure) in
            let tags = parameters.fields(0)
            try parameters.finish()
            writer.beginArray()
            for tag in tags { writer.value(try api.chain.logs(tag: tag)) }
            writer.endArray()
            return true
        },
    ]

    struct Page<Log> {
        var logs: [(id: LogId, log: Log)] = []
        var maxLogsHit = false
    }

    /// One page of a log query with the reference's rules (note 08 §3.4): a cursor's tx and log offsets apply to every
    /// block and tx of the scan.
    func page<Log>(_ filter: LogFilter, logs: KeyPath<TxEffect, [Log]>, contract: KeyPath<Log, AztecAddress>) throws(RPCFailure) -> Page<Log> {
        var page = Page<Log>()
        /// False when the page is full.
        func take(_ effect: TxEffect, block: Int, transaction: Int, from first: Int) -> Bool {
            let all = effect[keyPath: logs]
            for index in all.indices.dropFirst(first) {
                if let wanted = filter.contract, all[index][keyPath: contract] != wanted { continue }
                page.logs.append((LogId(blockNumber: UInt32(block), txIndex: UInt32(transaction), logIndex: UInt32(index)), all[index]))
                if page.logs.count >= facts.maxLogs {
                    page.maxLogsHit = true
                    return false
                }
            }
            return true
        }
        if filter.after == nil, let transaction = filter.transaction {
            if let hash = transaction.hash, let found = try chain.txEffect(hash) { _ = take(found.effect, block: found.block, transaction: found.index, from: 0) }
            return page
        }
        let start = max(filter.after.map { $0.block } ?? filter.from ?? 1, 1)
        if let end = filter.to, end < start {
            page.maxLogsHit = true
            return page
        }
        let firstTransaction = Int(clampingDown: filter.after?.transaction ?? 0)
        let firstLog = filter.after.map { Int(clampingDown: $0.log) + 1 } ?? 0
        let latest = try chain.latestNumber()
        let end = min(filter.to ?? .infinity, Double(latest) + 1)
        var number = Int(clampingDown: start)
        while Double(number) < end, let block = try chain.block(number) {
            for (position, effect) in block.body.txEffects.enumerated().dropFirst(firstTransaction) {
                guard take(effect, block: number, transaction: position, from: firstLog) else { return page }
            }
            number += 1
        }
        return page
    }
}

/// Parameters of a log query; numbers as JavaScript holds them.
struct LogFilter {
    var transaction: TransactionHash?
    var from: Double?
    var to: Double?
    var after: (block: Double, transaction: Double, log: Double)?
    var contract: AztecAddress?
}

extension Parameters {
    mutating func logFilter(_ position: Int) -> LogFilter {
        var filter = LogFilter()
        guard let element = object(position) else { return filter }
        if let member = element["txHash"] { filter.transaction = transactionHash(member, "\(position).txHash") }
        if let member = element["fromBlock"] { filter.from = integer(member, "\(position).fromBlock") }
        if let member = element["toBlock"] { filter.to = integer(member, "\(position).toBlock") }
        if let member = element["afterLog"] {
            let path = "\(position).afterLog"
            if member.isObject {
                let known = issues.count
                let after = (integer(member["blockNumber"], path + ".blockNumber"), integer(member["txIndex"], path + ".txIndex"), integer(member["logIndex"], path + ".logIndex"))
                filter.after = after
                if issues.count == known {
                    if after.0 < 1 { fail("Invalid block number: \(JSONText.javaScript(after.0))") }
                    if after.1 < 0 { fail("Invalid tx index: \(JSONText.javaScript(after.1))") }
                    if after.2 < 0 { fail("Invalid log index: \(JSONText.javaScript(after.2))") }
                }
            } else {
                complain("Expected object, received \(member.schemaKind)", path)
            }
        }
        if let member = element["contractAddress"] { filter.contract = aztecAddress(member, "\(position).contractAddress") }
        return filter
    }
}

extension Int {
    /// Integer part, held within a range that cannot overflow when counted on.
    init(clampingDown value: Double) {
        self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value.rounded(.down), -1e15), 1e15))
    }
}
