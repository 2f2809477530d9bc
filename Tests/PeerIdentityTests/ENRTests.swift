import Bytes
import EventLoop
import FuzzKit
import Hashing
import PeerIdentity
import Signatures
import Testing

@Suite struct ENRTests {
    /// «note 07 §15».
    static let fullNode = "enr:-MK4QGMeY-XZOb8V-1f6rDbm_E3SGk8JqvlveqFtQ80WLUbnOapCMv3fh4UAh1SeYw5KfcqPFfk_F99cnO8jDIfS_AwGhWF6dGVjsDAwLTExMTU1MTExLThkMWNjNzAyLTE1MDEwMzQzOS0wYjZiNWY2Yy0wZWE1MWRhNIJpZIJ2NIJpcIQia0KqiXNlY3AyNTZrMaEDmQTk2B2UCjSyvQfvs1SSSYE3namSE7IzmWU_vFrHP5KDdGNwgp3Qg3VkcIKd0A"
    static let version = "00-11155111-8d1cc702-150103439-0b6b5f6c-0ea51da4"

    @Test func aRecordOfTheLiveNetworkReads() throws {
        let record = try ENR(text: Self.fullNode)
        #expect(record.sequence == 6)
        #expect(record.networkVersion == Self.version)
        #expect(record.clientVersion == nil)
        #expect(record.udp4Socket == SocketAddress(IPAddress("34.107.66.170")!, 40400))
        #expect(record.tcpSocket == record.udp4Socket)
        #expect(record.udp6Socket == nil)
        #expect(record.nodeID.description == "a52e61aeaf911519b609c9edf7ce02babadd45a351218ca166af2729d9f7746e")
        #expect(record.peerID.description == "16Uiu2HAmNxK4Ee8C1wgWyExj8toqzKCnNAR23kp2HMNUk1WyxV9T")
        #expect(record.text == Self.fullNode)
        #expect(record.encoded.count == 196)
        #expect(record.pairs.map(\.key) == ["aztec", "id", "ip", "secp256k1", "tcp", "udp"])
    }

    @Test func everyByteIsSigned() throws {
        let record = try ENR(text: Self.fullNode)
        for place in record.encoded.indices {
            for bit: UInt8 in [1, 0x80] {
                var bytes = record.encoded
                bytes[place] ^= bit
                #expect(throws: DecodingError.self, "byte \(place)") { try ENR(decoding: bytes[...]) }
            }
        }
    }

    @Test func recordsStayBelow300Bytes() throws {
        let key = NodeKey.generate()
        let empty = try ENR(signing: ["x": []], sequence: 1, with: key)
        // Up to 55 bytes the value's header is one byte, then two; the list's own grows at 256.
        var largest = 0
        for count in 100..<260 {
            guard let record = try? ENR(signing: ["x": Array(repeating: 1, count: count)], sequence: 1, with: key) else { break }
            largest = record.encoded.count
        }
        #expect(largest == 299)
        #expect(empty.encoded.count < 140)
    }

    @Test func keysOutOfOrderOrTwiceAreRefused() throws {
        // Signed all the same: made by hand.
        let key = NodeKey.generate()
        for names in [["id", "secp256k1", "aztec"], ["aztec", "aztec", "id", "secp256k1"]] {
            let items = [RLP.Item.integer(1)] + names.flatMap { name in
                [RLP.Item.bytes(Array(name.utf8)), .bytes(name == "id" ? Array("v4".utf8) : name == "secp256k1" ? key.id.publicKey : [1])]
            }
            let signature = signedByHand(items, key)
            #expect(throws: DecodingError.self) { try ENR(decoding: RLP.encode(.list([.bytes(signature)] + items))[...]) }
        }
    }

    @Test func valuesThatAreListsAreKeptAndSigned() throws {
        let key = NodeKey.generate()
        let items: [RLP.Item] = [
            .integer(3), .bytes(Array("eth".utf8)), .list([.list([.bytes([1, 2, 3, 4]), .bytes([])])]), .bytes(Array("id".utf8)), .bytes(Array("v4".utf8)),
            .bytes(Array("secp256k1".utf8)), .bytes(key.id.publicKey),
        ]
        let record = try ENR(decoding: RLP.encode(.list([.bytes(signedByHand(items, key))] + items))[...])
        #expect(record["eth"] == nil)
        #expect(record.pairs.first { $0.key == "eth" }?.value == RLP.encode(items[2]))
        #expect(record.peerID == key.id)
    }

    @Test func numbersOfContentRiseOnlyWithIt() throws {
        let key = NodeKey.generate()
        let address = SocketAddress(IPAddress("1.2.3.4")!, 40400)
        var content = RecordContent(role: .fullNode, networkVersion: Self.version, clientVersion: "0.87.7", addresses: [address])
        let first = try content.record(after: nil, key: key)
        #expect(first.sequence == 7)
        #expect(first.pairs.map(\.key) == ["aztec", "id", "ip", "secp256k1", "tcp", "udp", "ver"])
        #expect(try content.record(after: first, key: key) == first)
        content.set(SocketAddress(IPAddress("1.2.3.5")!, 40400))
        let second = try content.record(after: first, key: key)
        #expect(second.sequence == 8)
        #expect(second.tcpSocket?.ip == IPAddress("1.2.3.5")!)
        // Another key's record says nothing about this one's numbers.
        #expect(try content.record(after: second, key: NodeKey.generate()).sequence == 7)
        content.set(SocketAddress(IPAddress("2001:db8::5")!, 30))
        let third = try content.record(after: second, key: key)
        #expect(third.udp6Socket?.description == "[2001:db8::5]:30")
        #expect(third.udp4Socket?.description == "1.2.3.5:40400")
        #expect(third.encoded.count < ENR.byteLimit)
        let boot = RecordContent(role: .bootnode, networkVersion: "00-1-00000000-0-a-b", addresses: [address])
        #expect(try boot.record(after: nil, key: key).sequence == 4)
        #expect(try boot.record(after: nil, key: key).tcp == nil)
    }

    @Test func versionsAreComparedPartByPart() {
        #expect(NetworkVersion.isCompatible(Self.version, with: Self.version))
        #expect(NetworkVersion.isCompatible(Self.version + "-more", with: Self.version))
        for other in ["", "00", Self.version + " ", String(Self.version.dropLast()), Self.version.replacing("11155111", with: "1"), "AAAAAAAA"] {
            #expect(!NetworkVersion.isCompatible(other, with: Self.version))
        }
    }

    @Test func distancesAreThoseOfTheNumbers() {
        func id(_ place: Int, _ byte: UInt8) -> NodeID {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[place] = byte
            return NodeID(bytes: bytes)!
        }
        let zero = id(0, 0)
        #expect(zero.distance(to: zero) == 0)
        for place in 0..<32 {
            for bit in 0..<8 { #expect(zero.distance(to: id(place, 1 << UInt8(bit))) == (31 - place) * 8 + bit + 1) }
        }
        #expect(id(31, 1).isCloser(to: zero, than: id(31, 2)))
        #expect(!id(0, 1).isCloser(to: zero, than: id(31, 255)))
        #expect(id(5, 7).bytes[5] == 7)
        #expect(NodeID(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    }

    @Test func alteredRecordsAndTextsAreRefusedOrWhole() throws {
        var fuzz = Fuzz(seed: 0xe1)
        let key = NodeKey.generate()
        // Signing takes longer than all else.
        let records = try (0..<32).map { _ in
            try ENR(signing: ["aztec": fuzz.bytes(fuzz.below(60)), "ip": fuzz.bytes(fuzz.pick([0, 4, 16])), "udp": fuzz.bytes(fuzz.below(4))], sequence: fuzz.number(), with: key)
        }
        for _ in 0..<Fuzz.rounds(short: 5000) {
            let record = fuzz.pick(records)
            let bytes = fuzz.altered(record.encoded)
            if let read = try? ENR(decoding: bytes[...]) { #expect(read == record) }
            let text = fuzz.alteredText(record.text)
            if let read = try? ENR(text: text) { #expect(read == record) }
            _ = (record.udp4Socket, record.tcp6Socket, record.pairs)
        }
    }

    private func signedByHand(_ items: [RLP.Item], _ key: NodeKey) -> [UInt8] { key.key.signCompact(digest: Keccak256.hash(RLP.encode(.list(items)))) }
}
