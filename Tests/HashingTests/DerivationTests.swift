import Bytes
import Field
import Hashing
import Testing

/// Vectors of note 01 §4, §7–§9, §11, §12.
@Suite struct DerivationTests {
    @Test func siloing() {
        #expect(Siloing.noteHash(456, contract: 123) == fr("12ddf0068d9dba68cb857f9b431064c0c04c06fad060b9df25894ccc4a790066"))
        #expect(Siloing.nonce(firstNullifier: 123, index: 456) == fr("24cbf5ece05503c37381b5d7dfcaf96fe2aca3749cb1a5d4d2f5264e40872fa2"))
        #expect(Siloing.uniqueNoteHash(nonce: 123, siloedNoteHash: 456) == fr("2f9b80d22188c5383a577596538f71f9713dc220bf36b6497ec16ea0f9df2282"))
        #expect(Siloing.nullifier(456, contract: 123) == fr("280270c4a9431f6d4f029f5cd77807c5d797dab9e83181a47a9082ae2c5a3149"))
        #expect(Siloing.publicDataLeafSlot(contract: 1, slot: 3) == fr("13c520847ef2069f11086e5085b756d5e03931879b7e6a63eca639e4b5ad4a4a"))
        #expect(Siloing.secretHash(8) == fr("211b950e538ee911389e441942d6646d13d725957a49d06500ae9bb673b0fbc2"))
        #expect(Siloing.feePayerBalanceSlot(1) == fr("1df6080e5bf5cefb3e40daf91cfcc5a267781505471aa058c0b205986774f978"))
        #expect(Siloing.feePayerBalanceLeafSlot(1) == fr("220b586914bc28017ca66f0b4ec9e2441aa6b94abaa82d10d7af002f5e51d6b5"))
        #expect(Siloing.logField(fr("6999d1e02b08a447a463563453cb36919c9dd7150336fc7c4d2b52f8"), contract: 3) == fr("20cd27645f65c15a38720ca984aef936592f3938a705db706d068ad13fc58ae9"))
    }

    @Test func messages() {
        #expect(Siloing.l2ToL1Message(contract: 3, version: 4, recipient: 1, chainID: 5, content: 2) == fr("00c6155d69febb9d5039b374dd4f77bf57b7c881709aa524a18acaa0bd57476a"))
        #expect(Siloing.l2ToL1Message(contract: 0, version: 4, recipient: 1, chainID: 5, content: 2) == 0)
        #expect(Siloing.l1ToL2Message(sender: 0x1111, chainID: 31337, recipient: 0x2222, version: 1, content: 0x3333, secretHash: 0x4444, index: 0x10)
            == fr("000410baf0c6a27e8e9c43912f38e97ae0b526cb808adaa975e07cba9f6398fa"))
        #expect(Siloing.inboxRollingHash([UInt8](repeating: 0, count: 16), leaf: 1).hex == "0xce642b5e4d90d72039fd903b7a226462")
    }

    @Test func selectors() {
        #expect(ContractDerivations.selector(signature: "IS_VALID()") == 0x73cd_da47)
        #expect(ContractDerivations.selector(signature: "foo_and_bar_and_baz_and_foo_bar_baz_and_bar_foo") == 0x7590_a997)
        #expect(ContractDerivations.selector(signature: "public_dispatch(Field)") == 3_578_010_381)
        #expect(ContractDerivations.selector(signature: "a b()") == nil)
    }

    @Test func classes() throws {
        let code = Hex.decode("123456789012345678901234567890")!
        let commitment = try ContractDerivations.bytecodeCommitment(code)
        #expect(commitment == fr("24e4de9214105b12de3d908ed7c6adeb7aea999328c9b11e3168b5a95c086bc4"))
        let root = ContractDerivations.privateFunctionsRoot([.init(selector: 0x1234_5678, vkHash: 0x1234)])
        #expect(root == fr("01a3cd36484f7947802b102017dd4a070160b359501168dab4b6113a0daf22a7"))
        #expect(ContractDerivations.classID(artifactHash: 0x1234, privateFunctionsRoot: root!, bytecodeCommitment: commitment)
            == fr("2c3a8b2ad29dd4000cb827e973737bcf57fc072aeaf93ceeef4b4b9eb086cf67"))
        #expect(ContractDerivations.privateFunctionsRoot([]) == fr("0a43a7d0ff038f2492a51b4465c73f28c0644cdde523cb652668b167eab21b7a"))
        #expect(ContractDerivations.privateFunctionsRoot([.init(selector: 3, vkHash: 4), .init(selector: 1, vkHash: 2)])
            == fr("2a76c2ae9aa8cd9d3f1c15fb8bc734f55c36d94ea647e16691550d503710443b"))
        #expect(throws: FieldPacking.TooLong.self) { try ContractDerivations.bytecodeCommitment([UInt8](repeating: 1, count: 2999 * 31 + 1)) }
        #expect(ContractDerivations.emptyPrivateFunctionLeaf == Pedersen.hash([0, 0]))
    }

    @Test func addresses() {
        let keys = AccountKeys(secret: 2).publicKeys
        #expect(keys[0].x == fr("0713a4a23ab844fd9bb2b47fd1e98d82093ccd8aa3920de64985a3b6edbd0f42"))
        let salted = ContractDerivations.saltedInitializationHash(salt: 3, initializationHash: 5, deployer: 7)
        let partial = ContractDerivations.partialAddress(originalClassID: 4, saltedInitializationHash: salted)
        let pre = ContractDerivations.preaddress(publicKeysHash: ContractDerivations.publicKeysHash(keys), partialAddress: partial)
        #expect(ContractDerivations.address(preaddress: pre, incomingViewingKey: keys[1]) == fr("226f73921336a2893fd3748d317de107ab1cdd8fa7d9ddc235e8a189236cd265"))
        #expect(ContractDerivations.publicKeysHash([.zero, .zero, .zero, .zero]) == 0)
        #expect(ContractDerivations.publicKeysHash([1, 3, 5, 7].map { GrumpkinPoint(x: Fr(UInt64($0)), y: Fr(UInt64($0 + 1))) })
            == fr("0fecd9a32db731fec1fded1b9ff957a1625c069245a3613a2538bd527068b0ad"))
        let selector = ContractDerivations.selector(signature: "fun(bool)")!
        #expect(ContractDerivations.initializationHash(selector: selector, argsHash: ContractDerivations.argsHash([1]))
            == fr("153329c6098512a53cb449057bb5adade93e360575b71192b7b304ace35b2b6b"))
    }

    @Test func pedersen() {
        #expect(Pedersen.hash([0, 0]) == fr("27b1d0839a5b23baf12a8d195b18ac288fcf401afb2f70b8a4b529ede5fa9fed"))
        #expect(Pedersen.hash([1, 1]) == fr("07ebfbf4df29888c6cd6dca13d4bb9d1a923013ddbbcbdc3378ab8845463297b"))
        #expect(Pedersen.hash([1, 1], offset: 5) == fr("1c446df60816b897cda124524e6b03f36df0cec333fad87617aab70d7861daa6"))
        #expect(Pedersen.commit([1]).x == fr("083e7911d835097629f0067531fc15cafd79a89beecb39903f69572c636f4a5a"))
    }

    @Test func trees() {
        let zeros = MerkleRoots.zeroHashes(height: 40, .poseidon2)
        #expect(zeros[39] == fr("2e33ee2008411c04b99c24b313513d097a0d21a5040b6193d1f978b8226892d6"))
        #expect(zeros[40] == fr("1fd848aa69e1633722fe249a5b7f53b094f1c9cef9f5c694b073fd1cc5850dfb"))
        #expect(MerkleRoots.inHash([]) == fr("00089a9d421a82c4a25f7acbebe69e638d5b064fa8a60e018793dcb0be53752c"))
        let leaves = (0..<128).map { (i: UInt64) in
            i == 127 ? IndexedLeaf.nullifier(127, nextNullifier: 0, nextIndex: 0) : IndexedLeaf.nullifier(Fr(i), nextNullifier: Fr(i + 1), nextIndex: i + 1)
        }
        #expect(MerkleRoots.balanced(leaves, height: 40, .poseidon2) == fr("0c499b373a1f0fe1b510a63563546d2d39e206895056a5af0143c5f30d639073"))
    }

    @Test func siblingPathsLeadToTheRoot() {
        for count in [0, 1, 2, 3, 5, 8, 13] {
            let leaves = (0..<count).map { Fr(UInt64($0 + 10)) }
            for hash in [MerkleRoots.NodeHash.poseidon2, .sha256Truncated] {
                let root = MerkleRoots.balanced(leaves, height: 5, hash)
                for index in [0, 1, 7, 12, 31] {
                    var node = index < count ? leaves[index] : 0
                    for (level, sibling) in MerkleRoots.siblingPath(leaves, index: index, height: 5, hash).enumerated() {
                        node = index >> level & 1 == 0 ? hash(node, sibling) : hash(sibling, node)
                    }
                    #expect(node == root)
                }
            }
        }
    }

    @Test func packingsReturn() throws {
        for length in [0, 1, 30, 31, 32, 61, 62, 63, 500] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 1) }
            let fields = try FieldPacking.fields(of: bytes, length: 20)
            #expect(fields.count == 20)
            #expect(FieldPacking.bytes(of: fields) == bytes)
            #expect(FieldPacking.bytes(of: FieldPacking.unpadded(bytes)) == bytes)
        }
        #expect(FieldPacking.bytes(of: [32, 0]) == nil)
        #expect(FieldPacking.bytes(of: [Fr]()) == nil)
        #expect(FieldPacking.bytes(of: [-Fr.one, 0]) == nil)
    }
}
