"""Peer exchange: a PRUNE with signed records of other peers, from py-libp2p's router to us and, with a record of ours, to it.

We suggest nobody ourselves, so a PRUNE of ours never has peers in it, full mesh or not; nor does a running node leave a topic.
"""
import multiaddr, trio
from libp2p.peer.envelope import consume_envelope
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.peer.peerstore import create_signed_peer_record
from libp2p.pubsub.pb import rpc_pb2
from libp2p.tools.anyio_service import background_trio_service
from gossip import MESHSUB, TOPICS, Lazy, Router, fresh_host, in_mesh
from quetzal import PATIENCE, Peer, check, connect

LISTEN = [multiaddr.Multiaddr("/ip4/127.0.0.1/tcp/0")]
TX = TOPICS["tx"]


def prune(*suggested):
    infos = [rpc_pb2.PeerInfo(peerID=peer.to_bytes(), signedPeerRecord=envelope) for peer, envelope in suggested]
    return rpc_pb2.RPC(control=rpc_pb2.ControlMessage(prune=[rpc_pb2.ControlPrune(topicID=TX, peers=infos, backoff=60)]))


def address(host):
    return f"/ip4/127.0.0.1/tcp/{host.get_addrs()[0].value_for_protocol('tcp')}/p2p/{host.get_id()}"


def info(host):
    return info_from_p2p_addr(multiaddr.Multiaddr(address(host)))


async def until(condition, seconds=PATIENCE):
    with trio.fail_after(seconds):
        while not condition():
            await trio.sleep(0.05)


async def to_us(program):
    """The router of `author` leaves a topic and suggests `third` to a peer that listens to it, and to one that does not."""
    who = "exchange, py-libp2p suggests"
    author, third, forger = fresh_host(), fresh_host(), fresh_host()
    routers = [Router(author, do_px=True), Router(third)]
    stranger = Lazy(forger)
    willing, usual = Peer(program, "--suggestion-score", "0"), Peer(program)
    async with author.run(listen_addrs=LISTEN), third.run(listen_addrs=LISTEN), forger.run(listen_addrs=LISTEN), trio.open_nursery() as nursery, \
            background_trio_service(routers[0].router), background_trio_service(routers[0].pubsub), \
            background_trio_service(routers[1].router), background_trio_service(routers[1].pubsub):
        try:
            for router in routers:
                await router.pubsub.wait_until_ready()
                await router.pubsub.subscribe(TX)
            await third.connect(info(author))
            await until(lambda: author.get_peerstore().get_peer_record(third.get_id()) and third.get_id() in routers[0].pubsub.peer_topics.get(TX, ()))
            for peer in (willing, usual):
                await peer.start(nursery)
                await connect(author, peer)
                await in_mesh(peer, author, "tx")
                await until(lambda: ID.from_base58(peer.id) in routers[0].router.mesh.get(TX, ()))

            # A record that is good but another peer's: whoever believed it would dial the forger.
            await stranger.connect(willing)
            bare = multiaddr.Multiaddr(address(forger).rsplit("/p2p/", 1)[0])
            record = create_signed_peer_record(forger.get_id(), [bare], forger.get_private_key()).marshal_envelope()
            nobody = fresh_host().get_id()
            await stranger.send(prune((nobody, record)))

            await routers[0].pubsub.unsubscribe(TX)
            dialled = await willing.wait("connected", outbound=True)
            check(f"{who}: a peer with a signed record is dialled", dialled["peer"] == str(third.get_id()), dialled)
            await in_mesh(willing, third, "tx")
            check(f"{who}: and gets into its mesh", True)
            with trio.fail_after(PATIENCE):
                while str(author.get_id()) in (await usual.ask("mesh tx", "mesh", topic="tx"))["peers"]:
                    await trio.sleep(0.1)
            await trio.sleep(1)
            others = [event for peer in (willing, usual) for event in peer.events if event["event"] in ("connected", "dial failed") and event.get("outbound", True)]
            check(f"{who}: nobody else is dialled, nor anybody below the score", not others, others)
        except BaseException as error:
            check(f"{who}: runs", False, f"{error!r}; events {str(willing.events)[:1000]}")
        for peer in (willing, usual):
            await peer.quit()
        nursery.cancel_scope.cancel()


async def from_us(program):
    """A full mesh refuses with a PRUNE; one that is too full prunes. A record of ours leads py-libp2p's router to us."""
    who = "exchange, from quetzal"
    author, hosts = fresh_host(), [fresh_host() for _ in range(4)]
    router, strangers = Router(author, do_px=True), [Grafting(host) for host in hosts]
    full, named = Peer(program, "--mesh", "1:1:2"), Peer(program)
    async with author.run(listen_addrs=LISTEN), hosts[0].run(listen_addrs=LISTEN), hosts[1].run(listen_addrs=LISTEN), hosts[2].run(listen_addrs=LISTEN), \
            hosts[3].run(listen_addrs=LISTEN), trio.open_nursery() as nursery, background_trio_service(router.router), background_trio_service(router.pubsub):
        try:
            await router.pubsub.wait_until_ready()
            await router.pubsub.subscribe(TX)
            await full.start(nursery)
            await named.start(nursery)
            for stranger in strangers[:2]:
                await stranger.connect(full)
                await in_mesh(full, stranger.host, "tx")
            await strangers[2].connect(full)
            refused = await strangers[2].find(lambda frame: list(frame.control.prune))
            check(f"{who}: a full mesh refuses a GRAFT, for a minute, and suggests nobody", [(each.topicID, each.backoff, len(each.peers)) for each in refused] == [(TX, 60, 0)], refused)

            # Whom it has dialled itself gets in all the same, and then there is one too many.
            await full.tell(f"dial {address(hosts[3])}")
            await full.wait("connected", outbound=True)
            await strangers[3].connect(full)
            with trio.fail_after(PATIENCE):
                while not (pruned := [each for stranger in strangers if stranger is not strangers[2] for frame in stranger.frames for each in frame.control.prune]):
                    await trio.sleep(0.05)
            check(f"{who}: a mesh that is too full prunes, and suggests nobody", all((each.topicID, each.backoff, len(each.peers)) == (TX, 60, 0) for each in pruned), pruned)

            envelope = bytes.fromhex((await named.ask("record", "record"))["envelope"])
            record = consume_envelope(envelope, "libp2p-peer-record")[1]
            check(f"{who}: our signed record holds for py-libp2p", (str(record.peer_id), [str(each) for each in record.addrs]) == (named.id, [f"/ip4/127.0.0.1/tcp/{named.port}"]), record)
            broken = bytearray(envelope)
            broken[-1] ^= 1
            try:
                consume_envelope(bytes(broken), "libp2p-peer-record")
                check(f"{who}: and not with another signature", False)
            except Exception:
                check(f"{who}: and not with another signature", True)
            stranger = strangers[0]
            await stranger.host.connect(info(author))
            stranger.stream = await stranger.host.new_stream(author.get_id(), [MESHSUB])
            await stranger.send(prune((ID.from_base58(named.id), envelope)))
            came = await named.wait("connected", outbound=False)
            check(f"{who}: py-libp2p's router dials it", came["peer"] == str(author.get_id()), came)
        except BaseException as error:
            check(f"{who}: runs", False, f"{error!r}; events {str(full.events)[:1000]} {str(named.events)[:500]}")
        for peer in (full, named):
            await peer.quit()
        nursery.cancel_scope.cancel()


class Grafting(Lazy):
    """Takes a place in a mesh instead of refusing it."""

    refuses = False

    async def connect(self, peer):
        await super().connect(peer)
        await self.send(rpc_pb2.RPC(control=rpc_pb2.ControlMessage(graft=[rpc_pb2.ControlGraft(topicID=TX)])))


async def checks(program):
    await to_us(program)
    await from_us(program)
