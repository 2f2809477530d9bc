import Bytes
import PeerIdentity
import Signatures
import Testing

@Suite struct PeerIDTests {
    /// The libp2p specification's key («note 07 §15»).
    static let text = "0802122053dadf1d5a164d6b4acdb15e24aa4c5b1d3461bdbd42abedb0a4404d56ced8fb"

    @Test func theSpecificationsKeyHasItsPeerID() throws {
        let key = try NodeKey(text: Self.text)
        #expect(Hex.encode(key.id.publicKeyProtobuf) == "08021221037777e994e452c21604f91de093ce415f5432f701dd8cd1a7a6fea0e630bfca99")
        #expect(key.id.description == "16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY")
        #expect(key.text == Self.text)
        #expect(try PeerID(text: key.id.description) == key.id)
        #expect(try PeerID(multihash: key.id.multihash[...]) == key.id)
    }

    @Test func aSignatureIsItsSignersAndItsMessagesOnly() {
        let key = NodeKey.generate()
        let signature = key.sign(message: [1, 2, 3])
        #expect(key.id.verify(message: [1, 2, 3], signature: signature))
        #expect(!key.id.verify(message: [1, 2, 4], signature: signature))
        #expect(!NodeKey.generate().id.verify(message: [1, 2, 3], signature: signature))
        #expect(!key.id.verify(message: [1, 2, 3], signature: Array(signature.dropLast())))
    }

    @Test func bothSidesGetTheSamePoint() throws {
        let (a, b) = (NodeKey.generate(), NodeKey.generate())
        #expect(a.key.sharedPoint(with: b.id.publicKey) == b.key.sharedPoint(with: a.id.publicKey))
    }

    @Test func varintsReadBackAtEveryCut() {
        for value in [0, 1, 127, 128, 300, UInt64(UInt32.max), UInt64.max] {
            let bytes = Varint.encode(value)
            #expect(bytes.count == Varint.length(value))
            #expect(Varint.parse(bytes[...]) == .value(value, length: bytes.count))
            for cut in 0..<bytes.count { #expect(Varint.parse(bytes[..<cut]) == .incomplete) }
        }
        #expect(Varint.parse([UInt8](repeating: 0x80, count: 11)[...]) == .invalid)
        #expect(Varint.parse([0x80, 0x80][...], maximumLength: 2) == .invalid)
    }
}
