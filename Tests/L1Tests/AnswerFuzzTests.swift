import Foundation
import JSON
import L1
import Protocol
import Testing

/// What hosts answer, bent in every way: readers refuse or accept, they do not crash, and what they make is bounded by
/// what they were given.
@Suite struct AnswerFuzzTests {
    static let hash = "0x" + String(repeating: "ab", count: 32)
    static let address = "0x" + String(repeating: "cd", count: 20)
    static let block = #"{"number":"0x5","hash":"\#(hash)","parentHash":"\#(hash)","timestamp":"0x64","baseFeePerGas":"0x7","parentBeaconBlockRoot":"\#(hash)","logsBloom":"0x\#(String(repeating: "00", count: 256))"}"#
    static let log = #"{"address":"\#(address)","topics":["\#(hash)","\#(hash)"],"data":"0x0102","blockNumber":"0x5","blockHash":"\#(hash)","transactionHash":"\#(hash)","logIndex":"0x0","removed":false}"#
    static let transaction = #"{"hash":"\#(hash)","blockHash":null,"from":"\#(address)","to":null,"input":"0xe72ef024","blobVersionedHashes":["\#(hash)"]}"#

    @Test func batchAnswers() {
        var random = SplitMix(state: 21)
        let error = #"{"jsonrpc":"2.0","id":3,"error":{"code":-32005,"message":"daily request count exceeded","data":{"rate":{"backoff_seconds":30}}}}"#
        let whole = Array(#"[{"jsonrpc":"2.0","id":1,"result":"0x7a69"},{"jsonrpc":"2.0","id":2,"result":\#(Self.block)},\#(error)]"#.utf8)
        let reader = RPCResponseReader(host: "host", method: "eth_call")
        var read = 0, refused = 0
        for _ in 0..<fuzzRounds {
            let status = [200, 200, 200, 400, 429, 500, 403, 413][Int.random(in: 0..<8, using: &random)]
            do throws(RPCResponseReader.Refusal) {
                let replies = try reader.read(HTTPResponse(status: status, body: random.mutate(whole)), first: 1, count: 3)
                #expect(replies.count == 3)
                read += 1
            } catch { refused += 1 }
        }
        #expect(read > 0 && refused > 0)
        // Unbent, it says what it says.
        let replies = try? reader.read(HTTPResponse(status: 200, body: whole), first: 1, count: 3)
        if case .result(let json)? = replies?[1] { #expect((try? L1Block(json: json))?.number == 5) } else { Issue.record("no block") }
        if case .failure(let error)? = replies?[2] { #expect(error.kind == .rateLimited && error.retryAfter == .seconds(60)) } else { Issue.record("no failure") }
    }

    @Test func blocksLogsAndTransactions() throws {
        var random = SplitMix(state: 22)
        var read = 0
        for round in 0..<fuzzRounds {
            let text = [Self.block, Self.log, Self.transaction][round % 3]
            guard let json = try? JSONDocument.parse(random.mutate(Array(text.utf8))).root else { continue }
            switch round % 3 {
            case 0: if (try? L1Block(json: json)) != nil { read += 1 }
            case 1: if (try? L1Log(json: json)) != nil { read += 1 }
            default: if (try? L1Transaction(json: json)) != nil { read += 1 }
            }
        }
        #expect(read > 0)
        #expect(try L1Transaction(json: JSONDocument.parse(Self.transaction).root).blobVersionedHashes.count == 1)
    }

    @Test func sidecarLists() {
        var random = SplitMix(state: 23)
        let commitment = "0xc0" + String(repeating: "00", count: 47)
        let wanted = Bytes32(hex: "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014")!
        // A blob of the right size is most of the text: bend the rest, and bend it shortened.
        let head = Array(#"{"data":[{"index":"0","kzg_commitment":"\#(commitment)","kzg_proof":"\#(commitment)","blob":"0x"#.utf8)
        let tail = Array(#""}],"transactions":[{"blobs":[{"commitment":"\#(commitment)","data":"0x00"}]}]}"#.utf8)
        let zeros = [UInt8](repeating: 48, count: 262_144)
        #expect((try? SidecarReader.sidecars(head + zeros + tail, wanted: [wanted]))?[wanted]?.blob == [UInt8](repeating: 0, count: 131_072))
        #expect((try? SidecarReader.sidecars(head + zeros + tail, wanted: []))?.isEmpty == true)
        for round in 0..<fuzzRounds {
            let body = round % 100 == 0 ? random.mutate(head) + zeros + tail : random.mutate(head + tail)
            for candidate in ((try? SidecarReader.sidecars(body, wanted: [wanted])) ?? [:]).values { #expect(candidate.blob.count == 131_072) }
            for candidate in ((try? SidecarReader.archiveBlock(body, wanted: [wanted])) ?? [:]).values { #expect(candidate.blob.count == 131_072) }
        }
    }

    @Test func hexIsReadStrictly() throws {
        let json = try JSONDocument.parse(#"{"hash":"\#(Self.hash)","from":"\#(Self.address)","to":null,"input":"0x0g"}"#).root
        #expect(throws: JSONError.self) { try L1Transaction(json: json) }
        let odd = try JSONDocument.parse(#"{"hash":"\#(Self.hash)","from":"\#(Self.address)","to":null,"input":"0x012"}"#).root
        #expect(throws: JSONError.self) { try L1Transaction(json: odd) }
    }
}
