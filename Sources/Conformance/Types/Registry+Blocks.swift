import Bytes
import Field
import Hashing
import JSON
import Protocol

// Headers, effects, logs, blocks.
extension TypesConformance {
    static let blockEntries: [TypeEntry] = headerEntries + logEntries + effectEntries

    private static let headerEntries: [TypeEntry] = [
        TypeEntry("BlockHeader", BlockHeader.self, derived: { header, _ in
            let proposed = header.proposed
            return [
                "blockHash": .string(header.hash().hex), "proposedHeader": .string(proposed?.serialized.hex ?? "none"),
                "proposedHeaderHash": .string(proposed?.hash().hex ?? "none"), "size": .number(header.serialized.count),
                "isEmpty": .bool(header.isEmpty),
            ]
        }, identity: { $0.hash().hex }),
        TypeEntry("ProposedBlockHeader", ProposedBlockHeader.self, derived: { header, _ in ["hash": .string(header.hash().hex)] }, identity: { $0.hash().hex }),
    ]

    private static let logEntries: [TypeEntry] = [
        TypeEntry("PublicDataWrite", PublicDataWrite.self, derived: { write, _ in ["blobFields": .strings(write.toFields().map(\.hex))] }),
        TypeEntry("PrivateLog", PrivateLog.self, derived: { log, _ in
            var fields: [Fr] = []
            log.appendBlobFields(to: &fields)
            return ["blobFields": .strings(fields.map(\.hex)), "isEmpty": .bool(log.isEmpty)]
        }),
        TypeEntry("PublicLog", PublicLog.self, derived: { log, _ in
            var fields: [Fr] = []
            log.appendBlobFields(to: &fields)
            return ["blobFields": .strings(fields.map(\.hex)), "isEmpty": .bool(log.isEmpty)]
        }),
        TypeEntry("ContractClassLogFields", ContractClassLogFields.self, derived: { fields, _ in ["hash": .string(fields.hash().hex)] }, identity: { $0.hash().hex }),
        TypeEntry("ContractClassLog", ContractClassLog.self, derived: { log, given in
            var fields: [Fr] = []
            log.appendBlobFields(to: &fields)
            guard fields.count == log.blobFieldCount else { return [:] }
            return [
                "hash": .string(log.hash().hex), "siloedFirstField": .string(log.siloed().fields[0].hex), "blobFieldCount": .number(fields.count),
                "isEmpty": .bool(log.isEmpty),
                // Names of what the reference prints of a log it siloed itself: its cache of the old first field is one.
                "siloedJsonTail": given["siloedJsonTail"] ?? .null,
            ]
        }),
        TypeEntry("LogId", LogId.self, derived: { id, _ in ["text": .string(id.description)] }),
        TypeEntry("ExtendedPublicLog", ExtendedPublicLog.self),
        TypeEntry("ExtendedContractClassLog", ExtendedContractClassLog.self),
        TypeEntry("GetPublicLogsResponse", GetPublicLogsResponse.self),
        TypeEntry("GetContractClassLogsResponse", GetContractClassLogsResponse.self),
        TypeEntry("TxScopedL2Log", TxScopedL2Log.self, derived: { log, _ in ["isFromPublic": .bool(log.isFromPublic)] }),
    ]

    private static let effectEntries: [TypeEntry] = [
        TypeEntry("TxEffect", TxEffect.self, derived: { effect, given in
            let fields = effect.blobFields()
            let words = fields.flatMap(\.bytes)
            guard fields.count == effect.blobFieldCount else { return [:] }
            var reader = ByteReader(words)
            let listed: JSONTree = given["blobFields"]?.list != nil
                ? .strings(fields.map(\.hex))
                : .object(["count": .number(fields.count), "concatSha256": .string(SHA256.hash(words).hex)])
            return [
                "blobFields": listed, "daSize": .number(effect.daSize), "txOutHash": .string(OutHash.ofTx(effect.l2ToL1Msgs).hex),
                "isEmpty": .bool(effect.isEmpty), "fromBlobFieldsEqual": .bool(try TxEffect(blobWords: &reader) == effect),
            ]
        }, identity: { "\($0.blobFields().count)" }),
        TypeEntry("Body", Body.self, derived: { body, _ in
            guard let fields = body.blobFields() else { return [:] }
            let words = fields.flatMap(\.bytes)
            return [
                "blobFieldsCount": .number(fields.count), "blobFieldsConcatSha256": .string(SHA256.hash(words).hex),
                "back": .bool(try Body(blobWords: words[...]) == body),
            ]
        }),
        TypeEntry("L2Block", L2Block.self, derived: { block, _ in
            let effects = block.body.txEffects
            return [
                "number": .number(block.number ?? 0), "hash": .string(block.hash().hex),
                "stats": .object([
                    "txCount": .number(effects.count), "blockNumber": .number(block.number ?? 0),
                    "blockTimestamp": .number(block.header.timestamp ?? 0),
                    "privateLogCount": .number(effects.reduce(0) { $0 + $1.privateLogs.count }),
                    "publicLogCount": .number(effects.reduce(0) { $0 + $1.publicLogs.count }),
                    "contractClassLogCount": .number(effects.reduce(0) { $0 + $1.contractClassLogs.count }),
                    "contractClassLogSize": .number(effects.flatMap(\.contractClassLogs).reduce(0) { $0 + Int($1.emittedLength) }),
                ]),
            ]
        }),
        TypeEntry("PublishedL2Block", PublishedL2Block.self, derived: { published, _ in
            [
                "payloadHash": .string(published.block.consensusPayload?.ethSignedMessageHash(.blockAttestation).hex ?? "none"),
                "signers": .array(published.signers().map { $0.map { .string($0.hex) } ?? .null }),
            ]
        }),
    ]

    static let blockFiles: [String: SpecialCheck] = ["BlobFieldsDecoding": BlobFieldsChecks.run, "ContractEvents": ContractEventChecks.run]
}
