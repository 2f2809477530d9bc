"""Gossipsub: the mesh with py-libp2p's router, publishing both ways, and the lazy half (IHAVE, IWANT, PRUNE) by hand."""
import hashlib, os
import cramjam, multiaddr, trio
from libp2p import new_host, create_yamux_muxer_option
from libp2p.crypto.secp256k1 import create_new_key_pair
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.pubsub.gossipsub import GossipSub
from libp2p.pubsub.pb import rpc_pb2
from libp2p.pubsub.pubsub import Pubsub
from libp2p.tools.anyio_service import background_trio_service
from libp2p.utils import encode_varint_prefixed
from libp2p.utils.varint import read_varint_prefixed_bytes
from quetzal import PATIENCE, Peer, check, connect

VERSION = "00-31337-interop"
MESHSUB = "/meshsub/1.1.0"
TOPICS = {name: f"/aztec/{name}/{VERSION}" for name in ("tx", "block_proposal", "block_attestation")}


def unpacked(data):
    return bytes(cramjam.snappy.decompress_raw(data))


def message_id(message):
    return hashlib.sha256(message.topicIDs[0].encode() + unpacked(message.data)).digest()[:20]


def wrapped(payload):
    """The envelope of a gossiped object: time in milliseconds, id, length, object."""
    return (1_700_000_000_000).to_bytes(8, "big") + hashlib.sha256(payload).digest() + len(payload).to_bytes(4, "big") + payload


def anonymous(topic, payload):
    """No author, sequence number or signature: what the network takes."""
    return rpc_pb2.Message(data=bytes(cramjam.snappy.compress_raw(wrapped(payload))), topicIDs=[TOPICS[topic]])


def fresh_host():
    return new_host(key_pair=create_new_key_pair(), muxer_opt=create_yamux_muxer_option())


async def in_mesh(peer, host, topic):
    with trio.fail_after(PATIENCE):
        while str(host.get_id()) not in (await peer.ask(f"mesh {topic}", "mesh", topic=topic))["peers"]:
            await trio.sleep(0.1)


class Anonymous(GossipSub):
    def _check_equivocation(self, message):
        """Takes messages without author and number for one and the same."""
        return True


class Router:
    """py-libp2p's router on a host."""

    def __init__(self, host, **settings):
        self.host = host
        self.router = Anonymous(protocols=[MESHSUB], degree=6, degree_low=4, degree_high=12, heartbeat_interval=1, **settings)
        self.pubsub = Pubsub(host, self.router, strict_signing=False, msg_id_constructor=message_id)

    async def publish(self, topic, payload):
        await self.pubsub.push_msg(self.host.get_id(), anonymous(topic, payload))


async def mesh(program, they_dial):
    who = f"gossip, {'py-libp2p' if they_dial else 'quetzal'} dials"
    host = fresh_host()
    router = Router(host)
    async with host.run(listen_addrs=[multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]), trio.open_nursery() as nursery, \
            background_trio_service(router.router), background_trio_service(router.pubsub):
        peer = Peer(program)
        try:
            await router.pubsub.wait_until_ready()
            subscriptions = {topic: await router.pubsub.subscribe(name) for topic, name in TOPICS.items()}
            await peer.start(nursery)
            if they_dial:
                await connect(host, peer)
            else:
                await peer.tell(f"dial /ip4/127.0.0.1/tcp/{host.get_addrs()[0].value_for_protocol('tcp')}/p2p/{host.get_id()}")
            for topic in TOPICS:
                await in_mesh(peer, host, topic)
                # On one side it may be by a GRAFT of the other.
                await router.pubsub.wait_for_mesh(info_from_p2p_addr(multiaddr.Multiaddr(peer.address)).peer_id, TOPICS[topic], timeout=PATIENCE)
            check(f"{who}: in each other's mesh on three topics", True)
            for topic, size in (("tx", 60_000), ("tx", 250_000), ("block_proposal", 3000), ("block_attestation", 300)):
                payload = os.urandom(size // 2) + bytes(size - size // 2)
                await router.publish(topic, payload)
                got = await peer.wait("message", topic=topic)
                check(f"{who}: {topic} of {size} bytes from py-libp2p", got["payload"] == payload.hex() and got["peer"] == str(host.get_id()), got["peer"])
                payload = os.urandom(size // 2) + bytes(size - size // 2)
                sent = await peer.ask(f"publish {topic} {payload.hex()}", "published", topic=topic)
                with trio.fail_after(PATIENCE):
                    message = await subscriptions[topic].get()
                    # Its own come back to a subscriber of py-libp2p.
                    while not unpacked(message.data).endswith(payload):
                        message = await subscriptions[topic].get()
                plain = unpacked(message.data)
                check(f"{who}: {topic} of {size} bytes from quetzal", plain[40:44] == size.to_bytes(4, "big") and plain[44:] == payload and sent["recipients"] == 1)
                bare = not (message.from_id or message.seqno or message.signature or message.key) and list(message.topicIDs) == [TOPICS[topic]]
                check(f"{who}: {topic} from quetzal is anonymous, one topic", bare, str(message)[:200])
        except BaseException as error:
            check(f"{who}: runs", False, f"{error!r}; events {str(peer.events)[:2000]}")
        await peer.quit()
        nursery.cancel_scope.cancel()


class Lazy:
    """Speaks the protocol frame by frame, refuses to be in a mesh, and keeps what comes."""

    refuses = True

    def __init__(self, host):
        self.host = host
        self.frames = []
        host.set_stream_handler(MESHSUB, self.read)

    async def read(self, stream):
        try:
            while True:
                rpc = rpc_pb2.RPC()
                rpc.ParseFromString(await read_varint_prefixed_bytes(stream))
                self.frames.append(rpc)
                for graft in rpc.control.graft if self.refuses else ():
                    await self.send(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(prune=[rpc_pb2.ControlPrune(topicID=graft.topicID, backoff=60)])))
        except Exception:
            return

    async def connect(self, peer):
        await connect(self.host, peer)
        self.stream = await self.host.new_stream(info_from_p2p_addr(multiaddr.Multiaddr(peer.address)).peer_id, [MESHSUB])
        await self.send(rpc_pb2.RPC(subscriptions=[rpc_pb2.RPC.SubOpts(subscribe=True, topicid=TOPICS["tx"])]))

    async def send(self, rpc):
        await self.stream.write(encode_varint_prefixed(rpc.SerializeToString()))

    async def find(self, wanted, seconds=PATIENCE):
        """What `wanted` says of the first frame of which it says something."""
        with trio.fail_after(seconds):
            while True:
                for frame in self.frames:
                    if (found := wanted(frame)):
                        return found
                await trio.sleep(0.05)


async def lazy(program):
    who = "gossip by hand"
    author, idle = fresh_host(), fresh_host()
    router, stranger = Router(author), Lazy(idle)
    listen = [multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]
    async with author.run(listen_addrs=listen), idle.run(listen_addrs=listen), trio.open_nursery() as nursery, \
            background_trio_service(router.router), background_trio_service(router.pubsub):
        peer = Peer(program, "--publish-to", "all")
        try:
            await router.pubsub.wait_until_ready()
            await router.pubsub.subscribe(TOPICS["tx"])
            await peer.start(nursery)
            await stranger.connect(peer)
            names = await stranger.find(lambda frame: {item.topicid for item in frame.subscriptions if item.subscribe})
            check(f"{who}: quetzal says its topics first", names == set(TOPICS.values()), names)
            await stranger.find(lambda frame: [graft.topicID for graft in frame.control.graft] == [TOPICS["tx"]])
            check(f"{who}: GRAFT comes", True)
            await connect(author, peer)
            await in_mesh(peer, author, "tx")
            now_in = (await peer.ask("mesh tx", "mesh", topic="tx"))["peers"]
            check(f"{who}: who prunes is out of the mesh", str(idle.get_id()) not in now_in, now_in)

            # A message can be asked for during six heartbeats of 700 ms only; a busy machine may be late.
            for attempt in range(10):
                payload = os.urandom(5000)
                await router.publish("tx", payload)
                await peer.wait("message", payload=payload.hex())
                wanted = message_id(anonymous("tx", payload))
                await stranger.find(lambda frame: any(wanted in have.messageIDs for have in frame.control.ihave))
                pushed = any(frame.publish for frame in stranger.frames)
                await stranger.send(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(iwant=[rpc_pb2.ControlIWant(messageIDs=[wanted])])))
                try:
                    message = await stranger.find(lambda frame: list(frame.publish), seconds=5)
                    break
                except trio.TooSlowError:
                    message = []
            check(f"{who}: IHAVE names a message of the mesh", True)
            check(f"{who}: nothing is pushed to who is not in the mesh", not pushed)
            check(f"{who}: IWANT is answered", len(message) == 1 and unpacked(message[0].data) == wrapped(payload))

            # Its own messages go to everybody who has subscribed (flood publish), once.
            payload = os.urandom(5000)
            await peer.tell(f"publish tx {payload.hex()}")
            await stranger.find(lambda frame: any(unpacked(each.data).endswith(payload) for each in frame.publish))
            await trio.sleep(1.5)
            copies = sum(unpacked(each.data).endswith(payload) for frame in stranger.frames for each in frame.publish)
            check(f"{who}: its own message is pushed to who is not in the mesh", copies == 1, copies)

            payload = os.urandom(5000)
            message = anonymous("tx", payload)
            await stranger.send(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(ihave=[rpc_pb2.ControlIHave(topicID=TOPICS["tx"], messageIDs=[message_id(message)])])))
            await stranger.find(lambda frame: any(message_id(message) in want.messageIDs for want in frame.control.iwant))
            check(f"{who}: IHAVE of something new is answered with IWANT", True)
            await stranger.send(rpc_pb2.RPC(publish=[message]))
            got = await peer.wait("message", payload=payload.hex())
            check(f"{who}: what was asked for is taken", got["peer"] == str(idle.get_id()))

            # An author is not taken: StrictNoSign.
            signed = anonymous("tx", os.urandom(100))
            signed.from_id, signed.seqno = idle.get_id().to_bytes(), bytes(8)
            broken = rpc_pb2.Message(data=b"\x08\xff\xff\xff", topicIDs=[TOPICS["tx"]])
            plain = anonymous("tx", b"after it")
            await stranger.send(rpc_pb2.RPC(publish=[signed, broken, plain]))
            await peer.wait("message", payload=b"after it".hex())
            check(f"{who}: neither an author nor broken snappy is taken", not any(event["event"] == "message" for event in peer.events), peer.events)

            # It pruned a moment ago, so both wait a minute.
            await stranger.send(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(graft=[rpc_pb2.ControlGraft(topicID=TOPICS["tx"])])))
            prune = await stranger.find(lambda frame: list(frame.control.prune))
            check(f"{who}: GRAFT too early gets PRUNE with its back-off", [(each.topicID, each.backoff) for each in prune] == [(TOPICS["tx"], 60)], prune)
        except BaseException as error:
            check(f"{who}: runs", False, f"{error!r}; events {str(peer.events)[:1000]}; frames {str(stranger.frames)[:1000]}")
        await peer.quit()
        nursery.cancel_scope.cancel()


async def checks(program):
    for they_dial in (True, False):
        await mesh(program, they_dial)
    await lazy(program)
