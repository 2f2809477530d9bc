import Field
import JSON
import Protocol
import Testing

/// JSON texts that the node's types take or refuse, and damaged ones.
@Suite struct NodeTypesJSONTests {
    static let address = "0x" + String(repeating: "1f", count: 20)
    static let word = "0x" + String(repeating: "0a", count: 32)
    static let urls = #"{"archiver":"a","nullifier-tree":"b","public-data-tree":"c","note-hash-tree":"d","archive-tree":"e","l1-to-l2-message-tree":"f"}"#

    static var samples: [(any (JSONDecodable & JSONEncodable).Type, [String])] { [
        (TxReceipt.self, [
            #"{"txHash":"\#(word)","status":"dropped","error":"x"}"#,
            #"{"txHash":"\#(word)","status":"success","error":"","transactionFee":"12","blockHash":"\#(word)","blockNumber":7}"#,
        ]),
        (L2Tips.self, [#"{"latest":{"number":3,"hash":"0xab"},"proven":{"number":0},"finalized":{"number":0,"hash":"odd"}}"#]),
        (TxValidationResult.self, [#"{"result":"valid"}"#, #"{"result":"skipped","reason":["a"]}"#]),
        (PeerInfo.self, [
            #"{"status":"connected","score":-3.5,"id":"p"}"#, #"{"status":"dialing","dialStatus":"active","id":"x","addresses":["a"]}"#,
            #"{"status":"cached","id":"y","addresses":[],"enr":"enr:-x","dialAttempts":2}"#,
        ]),
        (WorldStateSyncStatus.self, [
            #"{"latestBlockNumber":5,"latestBlockHash":"","finalisedBlockNumber":1,"oldestHistoricBlockNumber":0,"treesAreSynched":true}"#
        ]),
        (L1RollupConstants.self, [
            #"{"l1StartBlock":"-1","l1GenesisTime":"18446744073709551616","slotDuration":1.5,"epochDuration":32,"ethereumSlotDuration":12,"proofSubmissionWindow":64}"#
        ]),
        (SequencerConfig.self, [
            "{}", #"{"maxTxsPerBlock":4,"coinbase":"\#(address)","txPublicSetupAllowList":[{"address":"\#(word)","selector":"0x00000001"}],"enforceTimeTable":false}"#,
        ]),
        (SnapshotsIndex.self, [
            #"{"l1ChainId":1,"rollupVersion":2,"rollupAddress":"\#(address)","snapshots":[{"l2BlockNumber":1,"l2BlockHash":"h","l1BlockNumber":2,"timestamp":3,"schemaVersions":{"archiver":2,"worldState":1},"dataUrls":\#(urls)}]}"#
        ]),
        (ValidatorsStats.self, [
            #"{"stats":{"v":{"address":"\#(address)","lastProposal":{"timestamp":"5","slot":"1","date":"d"},"totalSlots":11,"missedProposals":{"currentStreak":0,"rate":0.5,"count":2},"missedAttestations":{"currentStreak":0,"count":0},"history":[{"slot":"3","status":"block-mined"}]}},"lastProcessedSlot":"9","slotWindow":96}"#
        ]),
        (SimulationError.self, [
            #"{"originalMessage":"m","functionErrorStack":[{"contractAddress":"\#(word)","functionName":"f"}],"noirErrorStack":["a"],"revertData":["\#(word)"]}"#,
            #"{"originalMessage":"m","functionErrorStack":[],"noirErrorStack":[{"filePath":"f","line":3,"column":7,"fileSource":"s","locationText":"assert(x)"}],"revertData":[]}"#,
        ]),
        (NestedProcessReturnValues.self, [#"{"nested":[{"values":[],"nested":[]},{"values":["\#(word)"],"nested":[{"nested":[]}]}]}"#]),
        (ProtocolContractAddresses.self, [
            #"{"classRegisterer":"\#(word)","feeJuice":"\#(word)","instanceDeployer":"\#(word)","multiCallEntrypoint":"\#(word)"}"#
        ]),
        (L2BlockNumber.self, ["\"latest\"", "12", "-1"]),
    ] }

    @Test func printsWhatItRead() throws {
        for (type, texts) in Self.samples {
            for text in texts { #expect(try Self.reprint(type, text) == text, "\(type)") }
        }
    }

    static func reprint(_ type: any (JSONDecodable & JSONEncodable).Type, _ text: String) throws -> String {
        func open<T: JSONDecodable & JSONEncodable>(_ type: T.Type) throws -> String { try T(json: JSONDocument.parse(text).root).jsonText }
        return try open(type)
    }

    @Test func refusals() {
        let refused: [(any (JSONDecodable & JSONEncodable).Type, String)] = [
            (L2Tips.self, #"{"latest":{"number":3},"proven":{"number":0},"finalized":{"number":0}}"#),
            (L2Tips.self, #"{"latest":{"number":0,"hash":null},"proven":{"number":0},"finalized":{"number":0}}"#),
            (TxReceipt.self, #"{"txHash":"\#(Self.word)","status":"lost","error":""}"#),
            (TxReceipt.self, #"{"txHash":"\#(Self.word)","status":"success","error":"","blockNumber":-1}"#),
            (TxValidationResult.self, #"{"result":"invalid"}"#),
            (PeerInfo.self, #"{"status":"gone","id":"x"}"#),
            (SnapshotsIndex.self, #"{"l1ChainId":1,"rollupVersion":2,"rollupAddress":"\#(Self.address)","snapshots":[{"l2BlockNumber":1,"l2BlockHash":"h","l1BlockNumber":2,"timestamp":3,"schemaVersions":{"archiver":2,"worldState":1},"dataUrls":{"archiver":"a"}}]}"#),
            (AllowedElement.self, #"{"selector":"0x00000001"}"#),
            (AllowedElement.self, #"{"address":"\#(Self.word)","selector":"0x0001"}"#),
            (SimulationError.self, #"{"originalMessage":"m","functionErrorStack":[],"noirErrorStack":["a",{}],"revertData":[]}"#),
            (L2BlockNumber.self, "1.5"), (L2BlockNumber.self, "null"), (L2BlockNumber.self, "\"newest\""),
        ]
        for (type, text) in refused { #expect(throws: JSONError.self, "\(type) \(text)") { try Self.reprint(type, text) } }
    }

    @Test func choosesTheTargetOfAnAllowedElement() throws {
        func parse(_ text: String) throws -> AllowedElement { try AllowedElement(json: JSONDocument.parse(text).root) }
        #expect(try parse(#"{"address":"bad","classId":"0x5"}"#) == AllowedElement(.classId(5)))
        #expect(try parse(#"{"classId":"0x5","selector":7}"#) == AllowedElement(.classId(5)), "no hex string: as if absent")
        #expect(try parse(#"{"classId":"0x5","selector":"00000007"}"#) == AllowedElement(.classId(5), selector: FunctionSelector(UInt32(7))))
    }

    @Test func componentVersionsAreCompared() throws {
        let versions = ComponentVersions(
            l1ChainId: 1, l1RollupAddress: try #require(EthAddress(hex: Self.address)), rollupVersion: 7, l2ProtocolContractsTreeRoot: Self.word,
            l2CircuitsVkTreeRoot: Self.word)
        #expect(versions.compressed == "00-1-1f1f1f1f-7-0a0a0a0a-0a0a0a0a")
        try versions.check(compressed: versions.compressed + "-more")
        for text in ["", "00", "00-1-1f1f1f1f-7-0a0a0a0a", "00-1-1F1F1F1F-7-0a0a0a0a-0a0a0a0a", "00-2-1f1f1f1f-7-0a0a0a0a-0a0a0a0a"] {
            #expect(throws: ComponentVersions.Mismatch.self) { try versions.check(compressed: text) }
        }
    }
}
