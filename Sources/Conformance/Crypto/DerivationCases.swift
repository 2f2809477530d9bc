import Bytes
import Field
import Hashing
import JSON
import Protocol

enum DerivationCases {
    static let sections: [String: CryptoConformance.Section] = [
        "silo": silo, "args": args, "l2ToL1Silo": l2ToL1Silo, "keys": keys, "instances": instances,
        "initializationHash": initializationHash, "selectors": selectors, "selectorParsing": selectorParsing,
        "contractClasses": contractClasses, "bytecodeTooLong": bytecodeTooLong, "sharedMutable": sharedMutable,
        "feePayerSlots": feePayerSlots,
    ]

    static func silo(_ item: Case) throws {
        let contract = try item.field("contract")
        let a = try item.field("a")
        let b = try item.field("b")
        let index = try item.number("index")
        let secret = try item.field("secret")
        item.expect("noteHashNonce", .field(Siloing.nonce(firstNullifier: a, index: index)))
        item.expect("siloNoteHash", .field(Siloing.noteHash(a, contract: contract)))
        item.expect("uniqueNoteHash", .field(Siloing.uniqueNoteHash(nonce: a, siloedNoteHash: b)))
        item.expect("siloNullifier", .field(Siloing.nullifier(a, contract: contract)))
        item.expect("publicDataLeafSlot", .field(Siloing.publicDataLeafSlot(contract: contract, slot: a)))
        item.expect("publicDataTreeValue", .field(a))
        item.expect("mapSlot", .field(Siloing.mapSlot(a, key: contract)))
        item.expect("mapSlotField", .field(Siloing.mapSlot(a, key: b)))
        item.expect("secretHash", .field(Siloing.secretHash(secret)))
        item.expect("l1ToL2MessageNullifier", .field(Siloing.l1ToL2MessageNullifier(contract: contract, messageHash: a, secret: secret)))
    }

    static func args(_ item: Case) throws {
        let values = try item.fields("values")
        item.expect("varArgsHash", .field(ContractDerivations.argsHash(values)))
        item.expect("calldataHash", .field(ContractDerivations.calldataHash(values)))
    }

    static func l2ToL1Silo(_ item: Case) throws {
        // The counter of the message is not hashed.
        item.ignore("counter")
        item.expect("siloed", .field(Siloing.l2ToL1Message(
            contract: try item.field("contractAddress"), version: try item.field("version"),
            recipient: Fr(reducing: try item.bytes("recipient")), chainID: try item.field("chainId"),
            content: try item.field("content"))))
    }

    static func keys(_ item: Case) throws {
        let keys = AccountKeys(secret: try item.field("secret"))
        let points = keys.publicKeys
        item.expect("masterNullifierSecretKey", .field(keys.nullifier))
        item.expect("masterIncomingViewingSecretKey", .field(keys.incomingViewing))
        item.expect("masterOutgoingViewingSecretKey", .field(keys.outgoingViewing))
        item.expect("masterTaggingSecretKey", .field(keys.tagging))
        item.expect("publicKeys", .bytes(points.flatMap(\.nativeBytes)))
        item.expect("publicKeysHash", .field(ContractDerivations.publicKeysHash(points)))
        item.expect("publicKeysFields", .fields(points.flatMap(\.fields)))
        item.expect("appNullifierSecretKey", .field(keys.appNullifierKey(app: try item.field("app"))))
    }

    static func instances(_ item: Case) throws {
        item.ignore("currentContractClassId")
        let bytes = try item.bytes("publicKeys")
        guard bytes.count == 256 else { throw Case.Malformed(description: "public keys have 256 bytes") }
        let keys = try (0..<4).map { try GrumpkinPoint(exactly: Array(bytes[(64 * $0)..<(64 * $0 + 64)])) }
        let keysHash = ContractDerivations.publicKeysHash(keys)
        let salted = ContractDerivations.saltedInitializationHash(
            salt: try item.field("salt"), initializationHash: try item.field("initializationHash"), deployer: try item.field("deployer"))
        let partial = ContractDerivations.partialAddress(
            originalClassID: try item.field("originalContractClassId"), saltedInitializationHash: salted)
        let pre = ContractDerivations.preaddress(publicKeysHash: keysHash, partialAddress: partial)
        item.expect("publicKeysHash", .field(keysHash))
        item.expect("saltedInitializationHash", .field(salted))
        item.expect("partialAddress", .field(partial))
        item.expect("preaddress", .field(pre))
        item.expect("address", .field(ContractDerivations.address(preaddress: pre, incomingViewingKey: keys[1])))
    }

    static func initializationHash(_ item: Case) throws {
        let args = ContractDerivations.argsHash(try item.fields("args"))
        item.expect("initializationHash", .field(ContractDerivations.initializationHash(
            selector: try FunctionSelector(json: item.input("selector")).value, argsHash: args)))
    }

    static func selectors(_ item: Case) throws {
        let selector = ContractDerivations.selector(signature: try item.string("signature")).map { FunctionSelector($0) }
        item.expect("function", selector.map { .text($0.hex) } ?? .refused)
        item.expect("event", selector.map { .text($0.hex) } ?? .refused)
        item.expect("asField", .field(selector?.field))
    }

    static func selectorParsing(_ item: Case) throws {
        if item.has("field") {
            item.expect("fromField", FunctionSelector(try item.field("field")).map { .text($0.hex) } ?? .refused)
            return
        }
        let text = try item.input("text")
        let parsed = (try? FunctionSelector(json: text)).map { Outcome.text($0.hex) } ?? .refused
        item.expect("schema", parsed)
        item.expect("fromString", parsed)
    }

    static func contractClasses(_ item: Case) throws {
        let functions = try item.input("privateFunctions").elements.map { function in
            guard let selector = function["selector"], let vkHash = function["vkHash"] else {
                throw Case.Malformed(description: "\(function.path): not a private function")
            }
            return ContractDerivations.PrivateFunction(selector: try FunctionSelector(json: selector).value, vkHash: try Case.field(vkHash))
        }
        let root = ContractDerivations.privateFunctionsRoot(functions)
        let commitment = try? ContractDerivations.bytecodeCommitment(item.bytes("packedBytecode"))
        item.expect("privateFunctionLeaves", .fields(functions.map(ContractDerivations.privateFunctionLeaf)))
        item.expect("privateFunctionsRoot", .field(root))
        item.expect("treeRoot", .field(root))
        item.expect("publicBytecodeCommitment", .field(commitment))
        let artifactHash: Fr = try item.field("artifactHash")
        item.expect("id", .attempt {
            guard let root, let commitment else { return .refused }
            return .field(ContractDerivations.classID(artifactHash: artifactHash, privateFunctionsRoot: root, bytecodeCommitment: commitment))
        })
    }

    /// The bytes are given by a rule: `0xNN repeated N times`.
    static func bytecodeTooLong(_ item: Case) throws {
        let words = try item.string("bytes").split(separator: " ")
        guard words.count == 4, words[1] == "repeated", let pattern = Hex.decode(words[0]), let count = Int(words[2]), 0...(1 << 22) ~= count else {
            throw Case.Malformed(description: "bytes: a rule this tool does not know")
        }
        let code = (0..<count).flatMap { _ in pattern }
        item.expect("commitment", .attempt { .field(try ContractDerivations.bytecodeCommitment(code)) })
    }

    static func sharedMutable(_ item: Case) throws {
        let contract = try item.field("contract")
        let values = SharedMutableValues(value: try valueChange(item.input("svc")), delay: try delayChange(item.input("sdc")))
        let slot = Siloing.contractUpdateSlot(contract)
        item.expect("sharedMutableSlot", .field(slot))
        item.expect("sharedMutableHashSlot", .field(slot + Fr(UInt64(values.fields.count))))
        item.expect("fields", .fields(values.fields))
        item.expect("hash", .field(values.hash))
        item.expect("current", .fields(values.value.current(atBlock: UInt32(clamping: try item.number("atBlock")))))
        let back = SharedMutableValues(fields: values.fields)
        item.expect("backFromFields", back == values ? .fields(values.fields) : .refused)
    }

    private static func valueChange(_ json: JSONElement) throws -> SharedMutableValues.ValueChange {
        guard let previous = json["previous"], let post = json["post"], let block = json["blockOfChange"]?.uint64,
            previous.count == post.count
        else { throw Case.Malformed(description: "\(json.path): not a value change") }
        return .init(
            previous: try previous.elements.map { try Case.field($0) }, post: try post.elements.map { try Case.field($0) },
            blockOfChange: UInt32(clamping: block))
    }

    private static func delayChange(_ json: JSONElement) throws -> SharedMutableValues.DelayChange {
        guard let block = json["blockOfChange"]?.uint64 else { throw Case.Malformed(description: "\(json.path): not a delay change") }
        func option(_ key: String) -> UInt32? { json[key]?.uint64.map { UInt32(clamping: $0) } }
        return .init(pre: option("pre"), post: option("post"), blockOfChange: UInt32(clamping: block))
    }

    static func feePayerSlots(_ item: Case) throws {
        let payer = try item.field("feePayer")
        item.expect("storageSlot", .field(Siloing.feePayerBalanceSlot(payer)))
        item.expect("leafSlot", .field(Siloing.feePayerBalanceLeafSlot(payer)))
    }
}
