import Bytes
import EventLoop
import FuzzKit
import PeerIdentity
import Testing

@Suite struct MultiaddrTests {
    @Test func bothFormsReadBack() throws {
        let peer = NodeKey.generate().id
        for (text, bytes) in [
            ("/ip4/1.2.3.4/tcp/40400", "0401020304069dd0"), ("/ip4/255.255.255.255/udp/65535", "04ffffffff9102ffff"),
            ("/ip6/2001:db8::5/udp/30", "2920010db80000000000000000000000059102001e"),
        ] {
            for (text, bytes) in [(text, bytes), (text + "/p2p/\(peer)", bytes + "a50327" + Hex.encode(peer.multihash))] {
                let address = try Multiaddr(text: text)
                #expect(Hex.encode(address.bytes) == bytes)
                #expect(address.description == text)
                #expect(try Multiaddr(decoding: address.bytes[...]) == address)
            }
        }
    }

    @Test func otherAddressesAreRefused() {
        for text in [
            "", "/", "/ip4/1.2.3.4", "ip4/1.2.3.4/tcp/1", "/ip4/1.2.3/tcp/1", "/ip4/::1/tcp/1", "/ip6/1.2.3.4/tcp/1", "/dns4/host/tcp/1", "/ip4/1.2.3.4/tcp/65536",
            "/ip4/1.2.3.4/tcp/+1", "/ip4/1.2.3.4/tcp/", "/ip4/1.2.3.4/sctp/1", "/ip4/1.2.3.4/tcp/1/", "/ip4/1.2.3.4/tcp/1/p2p/", "/ip4/1.2.3.4/tcp/1/p2p/QmX",
        ] { #expect(throws: DecodingError.self, "\(text)") { try Multiaddr(text: text) } }
    }

    @Test func alteredAddressesAreRefusedOrWhole() throws {
        var fuzz = Fuzz(seed: 0xad)
        let peer = NodeKey.generate().id
        for _ in 0..<Fuzz.rounds(short: 5000) {
            let ip = IPAddress(bytes: fuzz.bytes(fuzz.pick([4, 16])))!
            let address = Multiaddr(SocketAddress(ip, UInt16(truncatingIfNeeded: fuzz.next())), fuzz.pick([.tcp, .udp]), peer: fuzz.pick([nil, peer]))
            let bytes = fuzz.altered(address.bytes)
            if let read = try? Multiaddr(decoding: bytes[...]) { #expect(try Multiaddr(decoding: read.bytes[...]) == read) }
            let text = fuzz.alteredText(address.description)
            if let read = try? Multiaddr(text: text) { #expect(try Multiaddr(text: read.description) == read) }
        }
    }
}
