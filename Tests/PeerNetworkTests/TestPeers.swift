import EventLoop
import FuzzKit
import PeerIdentity
import PeerNetwork
import PeerTransport
import Signatures

/// The same key for the same number in every run.
func testKey(_ number: Int) -> NodeKey {
    var secret = [UInt8](repeating: 0, count: 32)
    secret[0] = 1
    for index in 0..<4 { secret[28 + index] = UInt8(truncatingIfNeeded: (number + 1) >> (8 * (3 - index))) }
    return NodeKey(try! Secp256k1.PrivateKey(secret))
}

/// Peers with ascending ids, made once: curve products cost most of a test otherwise.
let testPeers: [PeerID] = (0..<300).map { testKey($0).id }.sorted()

func testAddress(_ peer: PeerID) -> PeerAddress {
    let hash = peer.publicKey.suffix(3)
    return PeerAddress(id: peer, socket: SocketAddress(IPAddress(bytes: [10] + hash)!, 40400))
}

func testKnown(_ peer: PeerID, sequence: UInt64 = 1, lastSeen: UInt64 = 0) -> KnownPeer {
    KnownPeer(address: testAddress(peer), record: "enr:\(peer)-\(sequence)", sequence: sequence, lastSeen: lastSeen)
}
