import Bytes
import ConformanceKit
import Field
import JSON
import Protocol

// Values that the entries of Registry+Transactions derive.
extension TypesConformance {
    static func required<T>(_ value: T?, _ what: String) throws -> T {
        guard let value else { throw Vectors.Failure("no \(what)") }
        return value
    }

    static func field(_ tree: JSONTree) throws -> Fr { try required(tree.text.flatMap { Fr(hex: $0) }, "field element") }

    /// The signer; where there is none and the case says so too, what the case says.
    static func signer(_ address: EthAddress?, _ given: JSONTree) throws -> JSONTree {
        if let address { return .string(address.hex) }
        guard let refusal = given["sender"], refusal["throws"] != nil else { throw Vectors.Failure("nobody signed") }
        return refusal
    }

    /// Names of the members an object was printed with, in order.
    static func keys(_ json: [UInt8]) throws -> JSONTree { .strings(try JSONDocument.parse(json).root.members.keys) }

    static func derived(_ tx: Tx) throws -> [String: JSONTree] {
        let hash = tx.hash()
        var writer = JSONWriter()
        tx.write(to: &writer, cached: Tx.CachedMembers(hash: hash, messageIdentifier: hash, calldataMap: tx.hasPublicCalls))
        return [
            "txHash": .string(hash.hex), "p2pId": .string(hash.hex), "getSize": .number(tx.size),
            "estimatedPrivateTxEffectsSize": .number(tx.estimatedPrivateTxEffectsSize),
            "stats": try .printed(TxStats(tx, hash: hash)),
            "numberOfPublicCalls": .number(tx.numberOfPublicCalls), "totalPublicCalldataCount": .number(tx.totalPublicCalldataCount),
            "callOrder": .array(tx.publicCallRequestsWithCalldata.map { call in
                .object(["request": .string(call.request.serialized.hex), "calldata": .strings(call.calldata.map(\.hex))])
            }),
            "classLogsNonRevertibleSiloed": .array(tx.contractClassLogs(revertible: false, siloed: true).map(summary)),
            "classLogsRevertibleSiloed": .array(tx.contractClassLogs(revertible: true, siloed: true).map(summary)),
            "jsonMembersAfterUse": try keys(writer.bytes),
        ]
    }

    private static func summary(_ log: ContractClassLog) -> JSONTree {
        .object([
            "contractAddress": .string(log.contractAddress.hex), "emittedLength": .number(log.emittedLength), "firstField": .string(log.fields[0].hex),
        ])
    }
}
