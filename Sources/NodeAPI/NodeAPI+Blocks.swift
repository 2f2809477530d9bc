import JSON
import Protocol

extension NodeAPI {
    static let blockMethods: [Method] = [
        Method(name: "getBlock", parameters: 1, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let number = parameters.blockNumber(0)
            try parameters.finish()
            // `latest` is used as a key by the reference and finds nothing; negative numbers stand for the newest block.
            guard case .number(let wanted) = number, let found = Int(exactly: wanted) ?? (wanted < 0 ? -1 : nil) else { return false }
            guard let block = try api.chain.block(found < 0 ? try api.chain.latestNumber() : found) else { return false }
            writer.value(block)
            return true
        },
        Method(name: "getBlocks", parameters: 2) { api, parameters, writer throws(RPCFailure) in
            try api.eachBlock(&parameters, &writer) { number, writer throws(RPCFailure) in
                guard let block = try api.chain.block(number) else { return false }
                writer.value(block)
                return true
            }
        },
        Method(name: "getPublishedBlocks", parameters: 2) { api, parameters, writer throws(RPCFailure) in
            try api.eachBlock(&parameters, &writer) { number, writer throws(RPCFailure) in
                guard let published = try api.chain.publishedBlock(number) else { return false }
                // Members stand in the reference's order.
                writer.beginObject()
                writer.member("block", published.block)
                writer.key("l1")
                writer.beginObject()
                writer.member("blockNumber", String(published.l1.blockNumber))
                writer.member("blockHash", published.l1.blockHash)
                writer.member("timestamp", String(published.l1.timestamp))
                writer.endObject()
                writer.member("signatures", published.signatures)
                writer.endObject()
                return true
            }
        },
        Method(name: "getBlockHeader", parameters: 1, optional: 1, caching: .byFirstParameter) { api, parameters, writer throws(RPCFailure) in
            let parameter = parameters.optionalBlockNumber(0) ?? .latest
            try parameters.finish()
            let wanted: Double
            switch parameter {
            case .latest: wanted = Double(try api.chain.latestNumber())
            case .number(let number): wanted = number
            }
            if wanted == 0 {
                writer.value(try api.chain.initialHeader())
                return true
            }
            guard wanted > 0 else { throw .failed("Invalid start: \(JSONText.javaScript(wanted))") }
            guard let number = Int(exactly: wanted), let header = try api.chain.header(number) else { return false }
            writer.value(header)
            return true
        },
    ]

    /// An answer may not grow beyond this; the caller is told to ask for less.
    static let maximumAnswerBytes = 128 << 20

    /// Blocks from the first parameter on, at most as many as the second says, as far as there are any.
    func eachBlock(
        _ parameters: inout Parameters, _ writer: inout JSONWriter, _ write: (Int, inout JSONWriter) throws(RPCFailure) -> Bool
    ) throws(RPCFailure) -> Bool {
        let from = parameters.number(0)
        let limit = parameters.number(1)
        try parameters.finish()
        writer.beginArray()
        if limit != 0 {
            guard limit >= 1 else { throw .failed("Invalid limit: \(JSONText.javaScript(limit))") }
            guard from >= 1 else { throw .failed("Invalid start: \(JSONText.javaScript(from))") }
            let latest = try chain.latestNumber()
            var number = Int(exactly: from.rounded(.up)) ?? Int.max
            var left = Int(exactly: limit.rounded(.down)) ?? Int.max
            while left > 0, number <= latest, try write(number, &writer) {
                number += 1
                left -= 1
                guard writer.bytes.count <= Self.maximumAnswerBytes else {
                    throw .failed("The answer is larger than \(Self.maximumAnswerBytes >> 20) MB: ask for fewer blocks at once")
                }
            }
        }
        writer.endArray()
        return true
    }
}
